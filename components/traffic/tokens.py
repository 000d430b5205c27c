"""Who may use a route: what Istio's gateway asks of a request's token.

https://istio.io/latest/docs/tasks/security/authentication/authn-policy/
"""

from typing import Any

from components.context import Gateway
from components.traffic.route import Jwt, Route
from components.unit import KubernetesObject

_API = "security.istio.io/v1"


def required(metadata: dict[str, Any], route: Route, jwt: Jwt, gateway: Gateway) -> list[KubernetesObject]:
    """Refuses, at the gateway, what comes by `route` without a token of `jwt`; other routes are left alone."""
    place = {**metadata, "namespace": gateway.namespace}
    chosen = {"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway.name}]}
    trusted = {"issuer": jwt.issuer, "jwksUri": jwt.jwks, "audiences": list(jwt.audiences)}
    return [
        _object("RequestAuthentication", place, {**chosen, "jwtRules": [trusted]}),
        _object("AuthorizationPolicy", place, {**chosen, "action": "DENY", "rules": _denied(route, jwt)}),
    ]


def _denied(route: Route, jwt: Jwt) -> list[dict[str, Any]]:
    """No token of the issuer, or one for somebody else: another route of the gateway may trust the same issuer."""
    paths = {} if route.path == "/" else {"paths": [route.path, f"{route.path}/*"]}
    to = [{"operation": {"hosts": [route.host, f"{route.host}:*"], **paths}}]
    stranger = {"source": {"notRequestPrincipals": [f"{jwt.issuer}/*"]}}
    elsewhere = {"key": "request.auth.audiences", "notValues": list(jwt.audiences)}
    return [{"from": [stranger], "to": to}, {"to": to, "when": [elsewhere]}]


def _object(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> KubernetesObject:
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": spec}
