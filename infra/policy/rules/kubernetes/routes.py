"""Where requests are led to: it must be there."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Object, Path, entries, get, kind, mapping, name, namespace, nodes
from ...rule import SetFinding, SetRule, Severity

INGRESS = "networking.k8s.io/Ingress"
VIRTUAL_SERVICE = "networking.istio.io/VirtualService"
ISTIO_GATEWAY = "networking.istio.io/Gateway"
GATEWAY = "gateway.networking.k8s.io/Gateway"
ROUTES = tuple(f"gateway.networking.k8s.io/{each}Route" for each in ("GRPC", "HTTP", "TCP", "TLS", "UDP"))
CALLING = (
    "admissionregistration.k8s.io/MutatingWebhookConfiguration",
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
    "apiregistration.k8s.io/APIService",
)
SERVED = (
    "machinelearning.seldon.io/SeldonDeployment",
    "serving.kserve.io/InferenceGraph",
    "serving.kserve.io/InferenceService",
)
"""Custom resources whose operator makes Services, called as they are or with more behind."""

Reference = tuple[Path, str, str]
"""Where, to which namespace, and to which name."""


def in_cluster(host: str, home: str) -> tuple[str, str] | None:
    """Namespace and name of the Service that `host` means, said by an object of namespace `home`; None: outside."""
    service, _, rest = host.removesuffix(".cluster.local").partition(".")
    place, _, domain = rest.partition(".")
    return (home, service) if not rest else (place, service) if domain == "svc" else None


def _destinations(item: Object) -> Iterator[Reference]:
    """The Services that a VirtualService leads to."""
    for path, node in nodes(mapping(item, "spec"), ("spec",)):
        found = in_cluster(str(node.get("host") or ""), namespace(item))
        if path[-1] in ("destination", "mirror") and found:
            yield (*path, "host"), *found


def _backends(item: Object) -> Iterator[Reference]:
    """The Services that an Ingress, a route of the Gateway API or the API server calls."""
    for path, node in nodes(mapping(item, "spec"), ("spec",)):
        if path[-1] == "service" and node.get("name"):
            yield (*path, "name"), str(node.get("namespace") or namespace(item)), str(node["name"])
        for index, each in enumerate(entries(node, "backendRefs")):
            if get(each, "kind") in (None, "Service"):
                place = str(get(each, "namespace") or namespace(item))
                yield (*path, "backendRefs", index, "name"), place, str(get(each, "name"))


def _webhooks(item: Object) -> Iterator[Reference]:
    for index, each in enumerate(entries(item, "webhooks")):
        if called := mapping(each, "clientConfig", "service"):
            yield ("webhooks", index, "clientConfig", "service"), str(called.get("namespace")), str(called.get("name"))


def _is_there(objects: Objects, place: str, service: str) -> bool:
    """Whether there is such a Service, or something that may make it."""
    made = (item for item in objects.of(*SERVED) if namespace(item) == place)
    made_for = any(f"{service}-".startswith(f"{name(item)}-") for item in made)
    return bool(objects.find("Service", place, service)) or made_for or place in objects.charted


@partial(
    SetRule,
    id="reference-service",
    severity=Severity.MANDATORY,
    title="Every Service that requests are led to exists",
    reason="Whoever asks there gets 503, and the API server waits for a webhook that nobody runs.",
    remedy="Name a Service that is deployed, in the namespace where it is.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/",
)
def services(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(INGRESS, VIRTUAL_SERVICE, *ROUTES, *CALLING):
        find = _destinations if kind(item) == VIRTUAL_SERVICE else _webhooks if "webhooks" in item else _backends
        for path, place, service in find(item):
            if not _is_there(objects, place, service):
                yield item, path, f"Service {service!r} is not in namespace {place!r}"


def _gateways(item: Object) -> Iterator[tuple[str, Reference]]:
    """The gateways that a route, or a model of Seldon's, is attached to, each after its kind."""
    for index, each in enumerate(entries(item, "spec", "parentRefs")):
        if get(each, "kind") in (None, "Gateway"):
            place = str(get(each, "namespace") or namespace(item))
            yield GATEWAY, (("spec", "parentRefs", index), place, str(get(each, "name")))
    said: list[Path] = [("metadata", "annotations", "seldon.io/istio-gateway")]
    said += [("spec", "gateways", index) for index in range(len(entries(item, "spec", "gateways")))]
    for path in said:
        text = str(get(item, *path) or "mesh")
        place, slash, gateway = text.rpartition("/")
        if text != "mesh":
            yield ISTIO_GATEWAY, (path, place if slash else namespace(item), gateway)


@partial(
    SetRule,
    id="reference-gateway",
    severity=Severity.MANDATORY,
    title="Every Gateway that a route names exists",
    reason="The route is accepted, and nobody outside ever gets through.",
    remedy="Name a Gateway that is deployed, as `namespace/name` where it is elsewhere.",
    reference="https://istio.io/latest/docs/reference/config/networking/virtual-service/",
)
def gateways(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(VIRTUAL_SERVICE, *ROUTES, SERVED[0]):
        for gateway_kind, (path, place, gateway) in _gateways(item):
            if not objects.find(gateway_kind, place, gateway) and place not in objects.charted:
                yield item, path, f"Gateway {gateway!r} is not in namespace {place!r}"
