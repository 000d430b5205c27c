"""Tracing: one request's way through gateway, graph and models. OpenTelemetry's collector, and Jaeger behind it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import Field

from components.addon import Addon
from components.autoscaler import disruption_budget
from components.context import Collector, Context, Conventions, Profile, Traits
from components.errors import Mistake
from components.location.artefact import Files, config_map, volume
from components.network_policy import DNS
from components.objects import reserved
from components.observability import traces
from components.pods.program import Program
from components.unit import KubernetesObject, Namespace, Unit
from components.values import Bytes, DnsLabel, PinnedImage, Whole
from components.yaml_text import dump

NAME = "tracing"
SETTINGS = "config.yaml"
INTAKE = {"otlp-grpc": traces.OTLP_GRPC, "otlp-http": traces.OTLP_HTTP, "jaeger-http": traces.JAEGER_HTTP}
COLLECTOR = Program("collector", NAME, INTAKE, user=10001)
JAEGER = Program("jaeger", NAME, {"otlp-grpc": traces.OTLP_GRPC, "http": traces.UI}, user=10001)
ANYBODY: dict[str, Any] = {"namespaceSelector": {}}


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

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.production and not (self.storage_class or context.traits.storage_class):
            fact = "traces are kept on a volume, and this cluster has no default class of them"
            yield Mistake(("storage_class",), f"{fact}. Name one")

    def conventions(self, given: Conventions) -> Conventions:
        collector = Collector(namespace=NAME, service=COLLECTOR.name, port=traces.OTLP_GRPC)
        return given.model_copy(update={"traces": collector})

    def unit(self, context: Context) -> Unit:
        size, traits = SIZES[context.conventions.profile], context.traits
        objects = (*self._jaeger(size, traits), *self._collector(size, traits))
        return Unit(name=NAME, namespace=Namespace(name=NAME), objects=objects)

    def _collector(self, size: Size, traits: Traits) -> Iterator[KubernetesObject]:
        settings = traces.collector(f"{JAEGER.name}.{NAME}.svc", self.sampled_percent or size.percent)
        config, mounted = _settings(COLLECTOR, settings)
        container = _container(self.collector_image, "/", size.collector)
        found = COLLECTOR.deployment(COLLECTOR.pod(container, [mounted], traits), size.collectors)
        sends = {"ports": [{"protocol": "TCP", "port": traces.OTLP_GRPC}]}
        yield from (config, COLLECTOR.account(), COLLECTOR.service(), found)
        yield COLLECTOR.network_policy(ANYBODY, [*DNS, sends])
        if size.collectors > 1:
            yield disruption_budget(found["metadata"], COLLECTOR.selector)

    def _jaeger(self, size: Size, traits: Traits) -> Iterator[KubernetesObject]:
        config, mounted = _settings(JAEGER, traces.jaeger(self.retention_hours if size.on_disk else None))
        container, volumes = _container(self.jaeger_image, "/status", size.jaeger), [mounted]
        if size.on_disk:
            yield JAEGER.claim(self.storage, self.storage_class)
            container["volumeMounts"].append({"name": "spans", "mountPath": traces.STORED})
            volumes.append({"name": "spans", "persistentVolumeClaim": {"claimName": JAEGER.name}})
        yield from (config, JAEGER.account(), JAEGER.service(), JAEGER.network_policy(ANYBODY))
        yield JAEGER.stateful_set(JAEGER.pod(container, volumes, traits))


def _settings(program: Program, settings: dict[str, Any]) -> tuple[KubernetesObject, dict[str, Any]]:
    """The ConfigMap of a program's settings, named after them, and the volume of its pods that has them."""
    files: Files = {SETTINGS: dump(settings)}
    config = config_map(program.name, files)
    config["metadata"] |= {"namespace": NAME, "labels": program.labels}
    return config, volume("settings", config, files)


def _container(image: str, health: str, resources: dict[str, Any]) -> dict[str, Any]:
    probe = {"httpGet": {"path": health, "port": traces.HEALTH}}
    return {
        "image": image,
        "args": [f"--config=/etc/{NAME}/{SETTINGS}"],
        "resources": resources,
        "startupProbe": {**probe, "periodSeconds": 2, "failureThreshold": 30},
        "readinessProbe": {**probe, "periodSeconds": 5},
        "livenessProbe": {**probe, "periodSeconds": 10},
        "volumeMounts": [{"name": "settings", "mountPath": f"/etc/{NAME}", "readOnly": True}],
    }
