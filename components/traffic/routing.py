"""What each kind of door can do about a route, and what is therefore refused."""

from collections.abc import Iterator

from components.addons.istio import INGRESS_CLASS
from components.context import Context, Conventions
from components.errors import Mistake
from components.traffic.route import Route

GATEWAY, ISTIO_GATEWAY = "a gateway", "Istio's gateway"
NGINX, ISTIO_INGRESS = "the add-on ingress_nginx", "an Ingress of class istio"
INGRESS = "an Ingress of another class"
_CAN: dict[str, frozenset[str]] = {
    GATEWAY: frozenset(("strip_path", "timeout_seconds")),
    ISTIO_GATEWAY: frozenset(("strip_path", "timeout_seconds", "jwt")),
    NGINX: frozenset(
        ("strip_path", "timeout_seconds", "tls_secret", "issuer", "retries", "requests_per_second", "basic_auth")
    ),
    ISTIO_INGRESS: frozenset(("tls_secret",)),
    INGRESS: frozenset(("tls_secret", "issuer")),
}
"""Of the standard channel of the Gateway API, of Istio beside it, of ingress-nginx' annotations, of Ingress itself.

Istio reads an Ingress' certificate in its own namespace, where cert-manager does not put it.
"""
_MESHED = (GATEWAY, ISTIO_GATEWAY, ISTIO_INGRESS)
"""The doors whose requests models of a mesh take."""
_BY_ISTIO = {
    "basic_auth": "Use jwt, or leave it out",
    "issuer": "Say the certificate at the gateway",
    "requests_per_second": "Limit them at the gateway (Istio's local rate limit, an EnvoyFilter), and leave it out",
    "retries": "Leave it out: by itself Istio tries again, twice, what no replica has taken",
}
"""What to do in a mesh, where no door has it.

https://istio.io/latest/docs/concepts/traffic-management/#retries
https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/
"""
_HOW = {
    "strip_path": "or strip_path: false",
    "tls_secret": "or say it at the gateway, whose certificate serves every host",
    "issuer": "or say the certificate at the gateway",
}


def refusals(route: Route, context: Context) -> Iterator[Mistake]:
    """What `route` asks of this environment and does not get, each with its cure and its path in the route."""
    conventions = context.conventions
    if not route.ingress_class and not conventions.gateway:
        cure = "Say the add-on gateway_api with a gateway_class, or an ingress_class"
        yield Mistake((), f"no gateway of this environment carries out an HTTPRoute. {cure}")
        return
    door = _door(route, conventions)
    said = f"class {route.ingress_class}, which no add-on here answers," if door == INGRESS else door
    for asked in sorted(_asked(route) - _CAN[door]):
        yield Mistake((asked,), f"{said} has no such thing. {_cure(asked, bool(conventions.mesh))}")


def _door(route: Route, conventions: Conventions) -> str:
    if route.ingress_class:
        known = {INGRESS_CLASS: ISTIO_INGRESS, conventions.nginx_class: NGINX}
        return known.get(route.ingress_class, INGRESS)
    return ISTIO_GATEWAY if conventions.gateway and conventions.gateway.istio else GATEWAY


def _asked(route: Route) -> set[str]:
    chosen = {name for able in _CAN.values() for name in able if getattr(route, name)}
    return chosen - {"strip_path"} if route.path == "/" else chosen


def _cure(asked: str, meshed: bool) -> str:
    if meshed and asked in _BY_ISTIO:
        return _BY_ISTIO[asked]
    able = (name for name, can in _CAN.items() if asked in can and (name in _MESHED or not meshed))
    return f"Use {' or '.join(able)}, {_HOW.get(asked, 'or leave it out')}"
