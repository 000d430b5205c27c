"""The Gateway API's objects: which version answers which request, and where a host leads.

https://gateway-api.sigs.k8s.io/reference/spec/, standard channel.
"""

from typing import Any

from components.context import Gateway
from components.traffic.route import Route
from components.traffic.ways import AbTest, BlueGreen, Marked, Shadow, Traffic
from components.unit import KubernetesObject

API = "gateway.networking.k8s.io/v1"
Rules = list[dict[str, Any]]


def shares(traffic: Traffic | None, stable: str, candidate: str, port: int) -> Rules:
    """The rules by which the Services `stable` and `candidate` share requests, each asked at `port`."""
    first, second = ({"name": name, "port": port} for name in (stable, candidate))
    way = traffic.way if traffic else None
    if way is None or isinstance(way, BlueGreen):
        return [{"backendRefs": [first]}]
    if isinstance(way, Shadow):
        mirror = {"backendRef": second, "percent": way.copied}
        return [{"filters": [{"type": "RequestMirror", "requestMirror": mirror}], "backendRefs": [first]}]
    if isinstance(way, AbTest) and way.weight is None:
        return [{"matches": [{"headers": [_header(way)]}], "backendRefs": [second]}, {"backendRefs": [first]}]
    weighted = [{**first, "weight": 100 - way.percent}, {**second, "weight": way.percent}]
    return [{"backendRefs": weighted}]


def public(metadata: dict[str, Any], route: Route, gateway: Gateway, rules: Rules) -> KubernetesObject:
    """The HTTPRoute by which `route` leads to what `rules` say."""
    parent = {"namespace": gateway.namespace, "name": gateway.name, "sectionName": gateway.listener}
    return _route("HTTPRoute", metadata, parent, [_below(route, rule) for rule in rules], hostnames=[route.host])


def within(kind: str, metadata: dict[str, Any], service: str, port: int, rules: Rules) -> KubernetesObject:
    """The HTTPRoute or GRPCRoute that a waypoint applies to calls of a port of `service` from within the mesh."""
    return _route(kind, metadata, {"group": "", "kind": "Service", "name": service, "port": port}, rules)


def waypoint(metadata: dict[str, Any]) -> KubernetesObject:
    """Istio's proxy for calls from within the mesh of the Services that name it in their label istio.io/use-waypoint.

    https://istio.io/latest/docs/ambient/usage/waypoint/
    """
    listener = {"name": "mesh", "port": 15008, "protocol": "HBONE"}
    spec = {"gatewayClassName": "istio-waypoint", "listeners": [listener]}
    return {"apiVersion": API, "kind": "Gateway", "metadata": metadata, "spec": spec}


def _route(kind: str, metadata: dict[str, Any], parent: dict[str, Any], rules: Rules, **more: Any) -> KubernetesObject:
    return {
        "apiVersion": API,
        "kind": kind,
        "metadata": metadata,
        "spec": {"parentRefs": [parent], **more, "rules": rules},
    }


def _header(way: AbTest) -> dict[str, str]:
    """A cookie is found by Envoy's regular expressions, which match the whole header."""
    if way.cookie:
        value = f"(.*; *)?{way.cookie.name}={way.cookie.value}(;.*)?"
        return {"type": "RegularExpression", "name": "cookie", "value": value}
    mark: Marked = way.header  # type: ignore[assignment]  # one of the two, by its validator
    return {"name": mark.name, "value": mark.value}


def _below(route: Route, rule: dict[str, Any]) -> dict[str, Any]:
    """`rule`, for requests of `route` alone."""
    path = {"path": {"type": "PathPrefix", "value": route.path}}
    rewrite = {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}
    stripped = [rewrite] if route.strip_path and route.path != "/" else []
    filters = [*rule.get("filters", ()), *stripped]
    return {
        **rule,
        "matches": [{**match, **path} for match in rule.get("matches", [{}])],
        **({"filters": filters} if filters else {}),
        **({"timeouts": {"request": f"{route.timeout_seconds}s"}} if route.timeout_seconds else {}),
    }
