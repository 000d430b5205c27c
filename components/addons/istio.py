"""Istio: the gateway through which a cluster is reached, and mutual TLS between its pods."""

from typing import Any, Literal

from components import mesh
from components.addon import Addon
from components.addons.metallb import Metallb
from components.context import Collector, Context, Conventions, Profile
from components.objects import excepted, platform_object, reserved, spread
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import DnsLabel, merged

NAME = "istio"
NAMESPACE = "istio-system"
VERSION = "1.30.3"
REPOSITORY = "https://istio-release.storage.googleapis.com/charts"
HUB = "registry.istio.io/release"
INGRESS_CLASS = "istio"
GATEWAY = "seldon-gateway"
GATEWAY_LABELS = {"istio": "ingressgateway"}
TRACES = "traces"
TELEMETRY = "mesh-default"
FAILED = "!has(response.code) || response.code >= 400"
"""In CEL; a connection that ended before an answer has no code."""

PORTS = {"status-port": 15021, "http2": 80, "https": 443}
"""The gateway's ports, as its chart has them."""

Values = dict[str, Any]

_GLOBAL = {"global.hub": "{parent}", "global.tag": "{tag}"}
RELEASES: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "base": ("istio-base", {}, ()),
    "istiod": ("istiod", _GLOBAL, ("pilot", "proxyv2")),
    "cni": ("istio-cni", _GLOBAL, ("install-cni",)),
    "ztunnel": ("ztunnel", {"hub": "{parent}", "tag": "{tag}"}, ("ztunnel",)),
    "gateway": ("istio-ingressgateway", {}, ()),
}
"""Each chart's release, where its values say whence its images come, and these; istiod says what proxy a gateway is."""


def _uses(cpu: str, memory: str, limit: str) -> Values:
    return {"resources": reserved(cpu, memory, limit)}


SIZES: dict[Profile, dict[str, Values]] = {
    "laptop": {
        "istiod": {"autoscaleEnabled": False, **_uses("50m", "192Mi", "768Mi")},
        "cni": _uses("10m", "64Mi", "192Mi"),
        "ztunnel": _uses("20m", "64Mi", "256Mi"),
        "gateway": {"autoscaling": {"enabled": False}, "replicaCount": 1, **_uses("20m", "64Mi", "256Mi")},
    },
    "production": {
        "istiod": {
            "autoscaleMin": 2,
            **_uses("500m", "2Gi", "4Gi"),
            "topologySpreadConstraints": [spread({"app": "istiod"})],
        },
        "cni": _uses("100m", "128Mi", "512Mi"),
        "ztunnel": _uses("200m", "512Mi", "1Gi"),
        "gateway": {
            "autoscaling": {"minReplicas": 2},
            "podDisruptionBudget": {"minAvailable": 1},
            **_uses("200m", "256Mi", "1Gi"),
            "topologySpreadConstraints": [spread({"app": "istio-ingressgateway"})],
        },
    },
}


class Istio(Addon):
    """A gateway for the whole cluster (`istio-ingressgateway`), and for Ingresses of class `istio`."""

    tls_secret: DnsLabel | None = None
    """A Secret of type kubernetes.io/tls in istio-system: HTTPS for every host, and HTTP that leads there."""
    service_type: Literal["LoadBalancer", "NodePort", "ClusterIP"] = "LoadBalancer"
    mutual_tls: bool = True
    """Models are called by mutual TLS alone: in Istio's ambient mode, by an agent and a proxy on every node."""
    access_log: Literal["none", "errors", "all"] = "none"
    """Of which requests gateways write a line: who asked, for what, and what came of it; never a body."""

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        addressed = context.traits.load_balancer or self.service_type != "LoadBalancer"
        return () if addressed else (Metallb,)

    def conventions(self, given: Conventions) -> Conventions:
        return given.model_copy(update={"mesh": mesh.AMBIENT}) if self.mutual_tls else given

    def unit(self, context: Context) -> Unit:
        sizes, gateway = SIZES[context.conventions.profile], self._gateway()
        layout = {"global": {"platform": context.traits.cni_layout}} if context.traits.cni_layout else {}
        own: dict[str, Values] = {"istiod": self._istiod(context.conventions.traces), "gateway": self._entry(context)}
        own |= {"cni": {"ambient": {"enabled": True}, **layout}, "ztunnel": layout}
        parts = ("istiod", "cni", "ztunnel", "gateway") if self.mutual_tls else ("istiod", "gateway")
        charts = (_chart("base"), *(_chart(part, merged(sizes[part], own[part])) for part in parts))
        objects = (_ingress_class(), gateway, *self._telemetry(context.conventions.traces))
        level: Literal["privileged", "baseline"] = "privileged" if self.mutual_tls else "baseline"
        namespace = Namespace(name=NAMESPACE, pod_security=level)
        return Unit(name=NAME, namespace=namespace, charts=charts, objects=objects, accepts=gateway)

    def _istiod(self, traces: Collector | None) -> Values:
        """With proxies of the Gateway API that a restricted namespace takes."""
        found: Values = {"gateways": {"seccompProfile": {"type": "RuntimeDefault"}}}
        if traces:
            found["meshConfig"] = {"extensionProviders": [_provider(traces)]}
        if not self.mutual_tls:
            return found
        tunnels = {"proxyMetadata": {"ISTIO_META_ENABLE_HBONE": "true"}}
        return merged(found, {"env": {"PILOT_ENABLE_AMBIENT": "true"}, "meshConfig": {"defaultConfig": tunnels}})

    def _entry(self, context: Context) -> Values:
        """The gateway's Service, by whose labels Gateways find it, whatever the release is called."""
        kind = {} if self.service_type == "LoadBalancer" else {"type": self.service_type}
        opened = {} if self.service_type == "ClusterIP" else excepted(service_exposure="the one door of the cluster")
        given = context.traits.node_ports if self.service_type != "ClusterIP" else {}
        ports = {"ports": [_port(name, number, given) for name, number in PORTS.items()]} if given else {}
        return {"labels": GATEWAY_LABELS, "service": {**kind, **ports, **opened}}

    def _gateway(self) -> KubernetesObject:
        http = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]}
        servers = [http]
        if self.tls_secret:
            http["tls"] = {"httpsRedirect": True}
            tls = {"mode": "SIMPLE", "credentialName": self.tls_secret}
            servers.append({"port": {"number": 443, "name": "https", "protocol": "HTTPS"}, "hosts": ["*"], "tls": tls})
        spec = {"selector": GATEWAY_LABELS, "servers": servers}
        return platform_object("networking.istio.io/v1", "Gateway", GATEWAY, NAMESPACE, of=NAME, spec=spec)

    def _telemetry(self, traces: Collector | None) -> list[KubernetesObject]:
        """What every proxy tells of its requests, in the one object that Istio heeds for a whole mesh.

        All spans are sent; which traces are kept is the collector's to say.
        https://istio.io/latest/docs/tasks/observability/telemetry/
        """
        spec: Values = {}
        if traces:
            spec["tracing"] = [{"providers": [{"name": TRACES}], "randomSamplingPercentage": 100}]
        if self.access_log != "none":
            failed = {"filter": {"expression": FAILED}} if self.access_log == "errors" else {}
            spec["accessLogging"] = [{"providers": [{"name": "envoy"}], **failed}]
        made = platform_object("telemetry.istio.io/v1", "Telemetry", TELEMETRY, NAMESPACE, of=NAME, spec=spec)
        return [made] if spec else []


def _ingress_class() -> KubernetesObject:
    spec = {"controller": "istio.io/ingress-controller"}
    return platform_object("networking.k8s.io/v1", "IngressClass", INGRESS_CLASS, of=NAME, spec=spec)


def _provider(traces: Collector) -> Values:
    """What proxies send their spans to, as istiod looks it up: by a Service's whole name."""
    service = f"{traces.service}.{traces.namespace}.svc.cluster.local"
    return {"name": TRACES, "opentelemetry": {"service": service, "port": traces.port}}


def _port(name: str, number: int, node_ports: dict[int, int]) -> Values:
    fixed = {"nodePort": node_ports[number]} if number in node_ports else {}
    return {"name": name, "port": number, "protocol": "TCP", "targetPort": number, **fixed}


def _chart(part: str, values: Values | None = None) -> Chart:
    release, paths, images = RELEASES[part]
    found = tuple(ChartImage(image=f"{HUB}/{image}:{VERSION}", paths=paths) for image in images)
    return Chart(name=part, repository=REPOSITORY, version=VERSION, release=release, values=values or {}, images=found)
