"""What of a cluster is open to the outside, and how."""

from collections.abc import Iterator
from functools import partial

from ...charts import CHART
from ...objects import Object, Path, entries, get, kind, mapping, nodes
from ...rule import Finding, ObjectRule, Severity

INGRESS = "networking.k8s.io/Ingress"
GATEWAY = "gateway.networking.k8s.io/Gateway"
ISTIO_GATEWAY = "networking.istio.io/Gateway"
OPEN = ("LoadBalancer", "NodePort")
OPEN_BY_DEFAULT = {
    "gateway": ("service",),
    "ingress-nginx": ("controller", "service"),
    "jupyterhub": ("proxy", "service"),
}
"""The charts whose Service is of type LoadBalancer unless their values at this place say otherwise."""
PLAIN = ("HTTP", "HTTP2", "GRPC")


def _valued(chart: Object, field: str) -> Iterator[tuple[Path, Object]]:
    """What the values of a chart say under the key `field`, wherever it is."""
    for path, node in nodes(mapping(chart, "spec", "values"), ("spec", "values")):
        if path[-1] == field:
            yield path, node


def _services(item: Object) -> Iterator[tuple[Path, Object]]:
    """The spec of a Service, or what a chart is told of its Services."""
    if kind(item) == "Service":
        yield ("spec",), mapping(item, "spec")
    elif kind(item) == CHART:
        yield from _valued(item, "service")
        place = OPEN_BY_DEFAULT.get(str(get(item, "spec", "chart")))
        if place and not get(item, "spec", "values", *place, "type"):
            yield ("spec", "values", *place), {"type": OPEN[0]}


@partial(
    ObjectRule,
    id="service-exposure",
    severity=Severity.MANDATORY,
    title="No Service is open to the outside unless somebody answers for it",
    reason="A Service of type LoadBalancer or NodePort, or with external addresses, is reachable past every gateway.",
    remedy="Use type ClusterIP behind the gateway, or annotate it `policy.slipway/service-exposure: <who, and why>`.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
)
def service(item: Object) -> Iterator[Finding]:
    for path, found in _services(item):
        if (service_type := get(found, "type")) in OPEN:
            yield (*path, "type"), f"is open to the outside as {service_type}, and nobody answers for it"
        if entries(found, "externalIPs"):
            yield (*path, "externalIPs"), "is open at addresses of its own choice, and nobody answers for it"


def _ingresses(item: Object) -> Iterator[tuple[Path, Object]]:
    """The spec of an Ingress, or what a chart is told of those that it is to make."""
    if kind(item) == INGRESS:
        yield ("spec",), mapping(item, "spec")
    elif kind(item) == CHART:
        yield from ((path, found) for path, found in _valued(item, "ingress") if found.get("enabled"))


@partial(
    ObjectRule,
    id="ingress-exposure",
    severity=Severity.MANDATORY,
    title="No Ingress or Gateway opens the cluster unless somebody answers for it",
    reason="What was meant for the cluster is then for everybody who knows its name.",
    remedy="Leave it inside, or annotate it `policy.slipway/ingress-exposure: <who, and why>`.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/",
)
def ingress(item: Object) -> Iterator[Finding]:
    for path, _ in _ingresses(item):
        yield path, "is open to the outside, and nobody answers for it"
    if kind(item) == GATEWAY:
        yield ("spec",), "is open to the outside, and nobody answers for it"


@partial(
    ObjectRule,
    id="ingress-tls",
    severity=Severity.MANDATORY,
    title="An Ingress speaks TLS for each of its hosts",
    reason="Passwords, tokens and what models are asked would otherwise travel in clear.",
    remedy="List the host below `tls`, with the Secret that has its certificate.",
    reference="https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
)
def ingress_tls(item: Object) -> Iterator[Finding]:
    for path, found in _ingresses(item):
        for host in _in_clear(found):
            yield (*path, "tls"), f"host {host!r} is answered in clear"


def _in_clear(found: Object) -> list[str]:
    """The hosts of an Ingress without TLS; '*' where it has neither."""
    rules = (get(each, "host") for each in entries(found, "rules"))
    hosts = [str(host) for host in (*rules, *entries(found, "hosts")) if host]
    tls = (*entries(found, "tls"), *entries(found, "extraTls"))
    secured = {str(host) for each in tls for host in entries(each, "hosts")}
    if not tls and found.get("tls") is not True:
        return hosts or ["*"]
    return [host for host in hosts if secured and host not in secured]


@partial(
    ObjectRule,
    id="gateway-tls",
    severity=Severity.MANDATORY,
    title="A Gateway speaks TLS, or sends callers to where it does",
    reason="Passwords, tokens and what models are asked would otherwise travel in clear.",
    remedy="Let its HTTP server say `tls: {httpsRedirect: true}`; give a Gateway of the Gateway API an HTTPS listener.",
    reference="https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/",
)
def gateway_tls(item: Object) -> Iterator[Finding]:
    for index, server in enumerate(entries(item, "spec", "servers") if kind(item) == ISTIO_GATEWAY else ()):
        if get(server, "port", "protocol") in PLAIN and not get(server, "tls", "httpsRedirect"):
            yield ("spec", "servers", index, "tls"), "answers in clear"
    listeners = entries(item, "spec", "listeners") if kind(item) == GATEWAY else ()
    if listeners and not any(get(each, "protocol") in ("HTTPS", "TLS") for each in listeners):
        yield ("spec", "listeners"), "answers in clear alone"
