"""Who may talk to whom."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Identity, Object, entries, identity, kind
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

POLICY = "networking.k8s.io/NetworkPolicy"


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
    id="network-policy-open",
    severity=Severity.MANDATORY,
    title="No NetworkPolicy opens everything",
    reason="An empty rule lets all callers in at all ports, or out to all: the pod looks guarded and is not.",
    remedy="Name the ports, the peers, or both.",
    reference="https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies",
)
def wide_open(item: Object) -> Iterator[Finding]:
    for direction in ("ingress", "egress") if kind(item) == POLICY else ():
        for index, rule in enumerate(entries(item, "spec", direction)):
            if not any(entries(rule, field) for field in ("from", "to", "ports")):
                yield ("spec", direction, index), f"opens all {direction}"
