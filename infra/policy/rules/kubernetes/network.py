"""Who may talk to whom."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Identity, Object, entries, get, identity, kind
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

POLICY = "networking.k8s.io/NetworkPolicy"
EXPOSED_BY = "slipway/exposed-by"


def _directions(policy: Object) -> set[str]:
    """What a NetworkPolicy restricts; Kubernetes' own default when it does not say."""
    implied = ["Ingress", *(["Egress"] if entries(policy, "spec", "egress") else [])]
    return {str(each) for each in entries(policy, "spec", "policyTypes") or implied}


@partial(
    SetRule,
    id="network-policy",
    severity=Severity.MANDATORY,
    title="A NetworkPolicy covers every workload, both ways",
    reason="A pod that no policy selects may be called by, and may call, everything.",
    remedy="Add a NetworkPolicy with policyTypes Ingress and Egress that selects the pods and opens what they need.",
    reference="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
)
def covered(objects: Objects) -> Iterator[SetFinding]:
    closed: dict[Identity, set[str]] = {identity(found.workload): set() for found in objects.pods}
    for policy in objects.of(POLICY):
        for found in objects.picked_by(policy, "spec", "podSelector"):
            closed[identity(found.workload)] |= _directions(policy)
    for found in objects.pods:
        for direction in sorted({"Ingress", "Egress"} - closed[identity(found.workload)]):
            yield found.workload, (*found.path, "metadata", "labels"), f"no NetworkPolicy restricts its {direction}"


@partial(
    ObjectRule,
    id="service-exposure",
    severity=Severity.MANDATORY,
    title="Nothing is open to the outside unless somebody answers for it",
    reason="A Service of type LoadBalancer or NodePort, or with external addresses, is reachable past every gateway.",
    remedy=f"Use type ClusterIP behind the gateway, or annotate the Service `{EXPOSED_BY}: <owner>`.",
    reference="https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
)
def exposure(item: Object) -> Iterator[Finding]:
    if kind(item) != "Service" or get(item, "metadata", "annotations", EXPOSED_BY):
        return
    if (service_type := get(item, "spec", "type")) in ("LoadBalancer", "NodePort"):
        yield ("spec", "type"), f"is open to the outside as {service_type}, and nobody answers for it"
    if entries(item, "spec", "externalIPs"):
        yield ("spec", "externalIPs"), "is open at addresses of its own choice, and nobody answers for it"
