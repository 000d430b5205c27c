"""What Prometheus scrapes beside what its chart knows: model servers, graphs, the mesh and certificates."""

from typing import Any

from components.objects import platform_object
from components.unit import KubernetesObject

API = "monitoring.coreos.com/v1"
POD = "__meta_kubernetes_pod_"
Selector = dict[str, Any]


def monitors(namespace: str, models: str, of: str) -> list[KubernetesObject]:
    """The monitors, in `namespace`; `models` is where model stacks live. One that finds nothing does no harm."""

    def pods(name: str, selector: Selector, endpoints: list[dict[str, Any]], *namespaces: str) -> KubernetesObject:
        spec = {"namespaceSelector": _namespaces(*namespaces), "selector": selector, "podMetricsEndpoints": endpoints}
        return platform_object(API, "PodMonitor", name, namespace, of=of, spec=spec)

    return [
        pods("models", {"matchLabels": {"app.kubernetes.io/component": "model"}}, _model_servers(), models),
        pods("graphs", _having("seldon-deployment-id"), [_graphs()], models),
        pods("proxies", _having("istio-prometheus-ignore", "DoesNotExist"), [_proxy("http-envoy-prom")]),
        pods("tunnels", {"matchLabels": {"app": "ztunnel"}}, [_proxy("ztunnel-stats")], "istio-system"),
        pods("certificates", {"matchLabels": _CERT_MANAGER}, [{"port": "http-metrics"}], "cert-manager"),
        _control_plane(namespace, of),
    ]


_CERT_MANAGER = {"app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller"}


def _model_servers() -> list[dict[str, Any]]:
    """The path is what the pod's annotation says, for not every server has its metrics at /metrics; so is the port,
    where they are at the one at which it is called."""
    stack = _copied("label_app_kubernetes_io_name", "stack")
    port = {
        "action": "keepequal",
        "sourceLabels": [f"{POD}annotation_prometheus_io_port"],
        "targetLabel": f"{POD}container_port_number",
    }
    return [_port("metrics", stack), _port("http", stack, port)]


def _graphs() -> dict[str, Any]:
    """The executor's port has the same name as those of the servers that it calls; these get the label `graph`."""
    name = "label_seldon_deployment_id"
    behind = {
        "sourceLabels": [f"{POD}container_name", f"{POD}{name}"],
        "regex": "(?:seldon-container-engine;.*|(.*);(.*))",
        "targetLabel": "graph",
        "replacement": "$2",
    }
    return _port("metrics", _copied(name, "stack"), behind)


def _proxy(port: str) -> dict[str, Any]:
    """A gateway's or a sidecar's Envoy, or a node's ztunnel."""
    return {"port": port, "path": "/stats/prometheus"}


def _control_plane(namespace: str, of: str) -> KubernetesObject:
    spec = {
        "namespaceSelector": _namespaces("istio-system"),
        "selector": {"matchLabels": {"app": "istiod"}},
        "endpoints": [{"port": "http-monitoring"}],
    }
    return platform_object(API, "ServiceMonitor", "istiod", namespace, of=of, spec=spec)


def _port(port: str, *relabelings: dict[str, Any]) -> dict[str, Any]:
    path = {**_copied("annotation_prometheus_io_path", "__metrics_path__"), "regex": "(.+)"}
    return {"port": port, "relabelings": [path, _copied("label_slipway_owner", "owner"), *relabelings]}


def _copied(source: str, target: str) -> dict[str, Any]:
    return {"sourceLabels": [f"{POD}{source}"], "targetLabel": target}


def _namespaces(*names: str) -> dict[str, Any]:
    return {"matchNames": list(names)} if names else {"any": True}


def _having(label: str, operator: str = "Exists") -> Selector:
    return {"matchExpressions": [{"key": label, "operator": operator}]}
