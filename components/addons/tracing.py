"""Tracing: one request's way through gateway, graph and models. OpenTelemetry's collector, and Jaeger behind it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import Field

from components.addon import Addon
from components.artefact import Files, config_map, volume
from components.context import Collector, Context, Conventions, Profile
from components.network_policy import DNS
from components.objects import labels, platform_object, reserved, spread
from components.observability import traces
from components.pods import DRAIN, RESTRICTED
from components.unit import KubernetesObject, Namespace, Unit
from components.values import Bytes, DnsLabel, PinnedImage, Whole
from components.yaml_text import dump

NAME = "tracing"
COLLECTOR, JAEGER = "collector", "jaeger"
SETTINGS = "config.yaml"
USER = 10001
"""Both images' own."""
INTAKE = {"otlp-grpc": traces.OTLP_GRPC, "otlp-http": traces.OTLP_HTTP, "jaeger-http": traces.JAEGER_HTTP}
STORE = {"otlp-grpc": traces.OTLP_GRPC, "http": traces.UI}


class Size(NamedTuple):
    """How many collectors there are, what they and Jaeger reserve, how many percent of traces are kept, and where."""

    collectors: int
    collector: dict[str, Any]
    jaeger: dict[str, Any]
    percent: float
    on_disk: bool


SIZES: dict[Profile, Size] = {
    "laptop": Size(1, reserved("10m", "128Mi"), reserved("20m", "256Mi"), 100, on_disk=False),
    "production": Size(2, reserved("100m", "512Mi"), reserved("200m", "1Gi"), 10, on_disk=True),
}


class Tracing(Addon):
    """Spans go to collector.tracing, by OTLP. A laptop keeps the last ones in memory; production, on a volume."""

    sampled_percent: float | None = Field(default=None, gt=0, le=100)
    """Of all traces; none takes the profile's: 100 on a laptop, 10 in production."""
    retention_hours: Whole = Field(default=72, ge=1, le=24 * 90)
    storage: Bytes = "20Gi"
    storage_class: DnsLabel | None = None
    collector_image: PinnedImage = "docker.io/otel/opentelemetry-collector:0.159.0"
    jaeger_image: PinnedImage = "docker.io/jaegertracing/jaeger:2.20.0"

    def mistakes(self, context: Context) -> Iterator[str]:
        if context.production and not (self.storage_class or context.traits.storage_class):
            yield "keeps traces on a volume, and this cluster has no default class of them. Name a storage_class"

    def conventions(self, given: Conventions) -> Conventions:
        collector = Collector(namespace=NAME, service=COLLECTOR, port=traces.OTLP_GRPC)
        return given.model_copy(update={"traces": collector})

    def unit(self, context: Context) -> Unit:
        size = SIZES[context.conventions.profile]
        return Unit(name=NAME, namespace=Namespace(name=NAME), objects=(*self._jaeger(size), *self._collector(size)))

    def _collector(self, size: Size) -> Iterator[KubernetesObject]:
        settings = traces.collector(f"{JAEGER}.{NAME}.svc", self.sampled_percent or size.percent)
        config, pod = _pod(COLLECTOR, self.collector_image, "/", settings, INTAKE, size.collector)
        spec = {
            "replicas": size.collectors,
            "progressDeadlineSeconds": 180,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}},
        }
        yield config
        yield from _around(COLLECTOR, INTAKE, [{"ports": [_tcp(traces.OTLP_GRPC)]}])
        yield _workload("Deployment", COLLECTOR, pod, spec)
        if size.collectors > 1:
            budget = {"maxUnavailable": 1, "selector": {"matchLabels": _selector(COLLECTOR)}}
            yield platform_object("policy/v1", "PodDisruptionBudget", COLLECTOR, NAME, of=COLLECTOR, spec=budget)

    def _jaeger(self, size: Size) -> Iterator[KubernetesObject]:
        settings = traces.jaeger(self.retention_hours if size.on_disk else None)
        config, pod = _pod(JAEGER, self.jaeger_image, "/status", settings, STORE, size.jaeger)
        spec: dict[str, Any] = {"replicas": 1, "serviceName": JAEGER}
        if size.on_disk:
            pod["containers"][0]["volumeMounts"].append({"name": "spans", "mountPath": traces.STORED})
            spec["volumeClaimTemplates"] = [self._claim()]
        yield config
        yield from _around(JAEGER, STORE, [])
        yield _workload("StatefulSet", JAEGER, pod, spec)

    def _claim(self) -> dict[str, Any]:
        named = {"storageClassName": self.storage_class} if self.storage_class else {}
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": self.storage}}, **named}
        return {"metadata": {"name": "spans", "labels": labels(JAEGER)}, "spec": spec}


def _selector(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name}


def _workload(kind: str, name: str, pod: dict[str, Any], spec: dict[str, Any]) -> KubernetesObject:
    template = {"metadata": {"labels": labels(name)}, "spec": pod}
    selected = {"selector": {"matchLabels": _selector(name)}, "template": template}
    return platform_object("apps/v1", kind, name, NAME, of=name, spec={**spec, **selected})


def _pod(
    name: str,
    image: str,
    health: str,
    settings: dict[str, Any],
    ports: dict[str, int],
    resources: dict[str, Any],
) -> tuple[KubernetesObject, dict[str, Any]]:
    """The ConfigMap of a process's settings, named after them, and the spec of the pod that reads it."""
    files: Files = {SETTINGS: dump(settings)}
    config = config_map(name, files)
    config["metadata"] |= {"namespace": NAME, "labels": labels(name)}
    return config, {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            **{"runAsUser": USER, "runAsGroup": USER, "fsGroup": USER},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [spread(_selector(name))],
        "containers": [_container(name, image, health, ports, resources)],
        "volumes": [volume("settings", config, files)],
    }


def _container(name: str, image: str, health: str, ports: dict[str, int], resources: dict[str, Any]) -> dict[str, Any]:
    probe = {"httpGet": {"path": health, "port": "health"}}
    listening = {**ports, "health": traces.HEALTH}
    return {
        "name": name,
        "image": image,
        "args": [f"--config=/etc/{NAME}/{SETTINGS}"],
        "ports": [{"name": each, "containerPort": port} for each, port in listening.items()],
        "resources": resources,
        "startupProbe": {**probe, "periodSeconds": 2, "failureThreshold": 30},
        "readinessProbe": {**probe, "periodSeconds": 5},
        "livenessProbe": {**probe, "periodSeconds": 10},
        "lifecycle": DRAIN,
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": "settings", "mountPath": f"/etc/{NAME}", "readOnly": True}],
    }


def _around(name: str, ports: dict[str, int], calls: list[dict[str, Any]]) -> list[KubernetesObject]:
    """Account, Service and NetworkPolicy: pods of the cluster may call `ports`; the pod itself, names and `calls`."""
    opened = [_tcp(port) for port in ports.values()]
    policy = {
        "podSelector": {"matchLabels": _selector(name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"namespaceSelector": {}}], "ports": opened}],
        "egress": [*DNS, *calls] if calls else [],
    }
    service = {
        "selector": _selector(name),
        "ports": [{"name": each, "port": port, "targetPort": each} for each, port in ports.items()],
    }
    return [
        platform_object("v1", "ServiceAccount", name, NAME, of=name, automountServiceAccountToken=False),
        platform_object("v1", "Service", name, NAME, of=name, spec=service),
        platform_object("networking.k8s.io/v1", "NetworkPolicy", name, NAME, of=name, spec=policy),
    ]


def _tcp(port: int) -> dict[str, Any]:
    return {"protocol": "TCP", "port": port}
