"""An Ingress, and what ingress-nginx reads in its annotations.

https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
"""

from typing import Any

from components.objects import tls
from components.traffic.route import Route
from components.unit import KubernetesObject

_NGINX = "nginx.ingress.kubernetes.io"


def ingress(metadata: dict[str, Any], route: Route, service: str, nginx: bool) -> KubernetesObject:
    """The Ingress by which `route` leads to port 80 of `service`; `nginx`: whether ingress-nginx answers it."""
    stripped = nginx and route.strip_path and route.path != "/"
    path = {"path": f"{route.path}(/|$)(.*)", "pathType": "ImplementationSpecific"} if stripped else _prefix(route)
    backend = {"service": {"name": service, "port": {"number": 80}}}
    secret = f"{service}-tls" if route.issuer else route.tls_secret
    given = {**metadata.get("annotations", {}), **_issued(route)}
    annotations = {**given, **(_read_by_nginx(route, stripped) if nginx else {})}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {**metadata, **({"annotations": annotations} if annotations else {})},
        "spec": {
            "ingressClassName": route.ingress_class,
            **tls(route.host, secret),
            "rules": [{"host": route.host, "http": {"paths": [{**path, "backend": backend}]}}],
        },
    }


def _prefix(route: Route) -> dict[str, str]:
    return {"path": route.path, "pathType": "Prefix"}


def _issued(route: Route) -> dict[str, str]:
    return {"cert-manager.io/cluster-issuer": route.issuer} if route.issuer else {}


def _read_by_nginx(route: Route, stripped: bool) -> dict[str, str]:
    found: dict[str, Any] = {"rewrite-target": "/$2", "use-regex": "true"} if stripped else {}
    if seconds := route.timeout_seconds:
        found |= {"proxy-read-timeout": seconds, "proxy-send-timeout": seconds}
    if retries := route.retries:
        when = "error timeout non_idempotent" if retries.posts_too else "error timeout"
        found |= {"proxy-next-upstream": when, "proxy-next-upstream-tries": retries.attempts + 1}
    if route.requests_per_second:
        found |= {"limit-rps": route.requests_per_second}
    if route.basic_auth:
        found |= {"auth-type": "basic", "auth-secret": route.basic_auth, "auth-realm": "models"}
    return {f"{_NGINX}/{name}": str(value) for name, value in found.items()}
