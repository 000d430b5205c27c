"""How many replicas there are, and how many of them may be away."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Identity, Object, entries, get, identity, mapping, name, namespace, number, short_kind
from ...rule import SetFinding, SetRule, Severity

AUTOSCALER = "autoscaling/HorizontalPodAutoscaler"
SCALED_OBJECT = "keda.sh/ScaledObject"
BUDGET = "policy/PodDisruptionBudget"
REPLICATED = ("apps/Deployment", "apps/StatefulSet")


def _target(autoscaler: Object) -> Identity:
    """The identity of what an autoscaler scales: a Deployment, where KEDA is told but a name."""
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", **mapping(autoscaler, "spec", "scaleTargetRef")}
    return identity({**reference, "metadata": {"name": reference.get("name"), "namespace": namespace(autoscaler)}})


def most_replicas(objects: Objects) -> dict[Identity, float]:
    """How many replicas each Deployment and StatefulSet may come to have."""
    replicas = {identity(item): number(item, "spec", "replicas") for item in objects.of(*REPLICATED)}
    scaled = {_target(item): number(item, "spec", "maxReplicas") for item in objects.of(AUTOSCALER)}
    scaled |= {_target(item): number(item, "spec", "maxReplicaCount") or 100 for item in objects.of(SCALED_OBJECT)}
    return {key: 1 if value is None else value for key, value in {**replicas, **scaled}.items()}


@partial(
    SetRule,
    id="disruption-budget",
    severity=Severity.MANDATORY,
    title="Several replicas have a PodDisruptionBudget",
    reason="Draining nodes, as every upgrade of a cluster does, may otherwise evict all replicas at once.",
    remedy="Add a PodDisruptionBudget with `maxUnavailable: 1` that selects the pods.",
    reference="https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets",
)
def disruption_budget(objects: Objects) -> Iterator[SetFinding]:
    budgets = objects.of(BUDGET)
    guarded = {identity(pod.workload) for item in budgets for pod in objects.picked_by(item, "spec", "selector")}
    for key, most in most_replicas(objects).items():
        workload = objects.find(*key)
        if workload and most > 1 and key not in guarded:
            yield workload, ("spec", "replicas"), f"up to {most:g} replicas, and nothing keeps one of them up"


@partial(
    SetRule,
    id="pod-spread",
    severity=Severity.MANDATORY,
    title="Several replicas go to different machines",
    reason="All replicas on one machine are gone together with it.",
    remedy="Add `topologySpreadConstraints` over kubernetes.io/hostname, or a podAntiAffinity, to the pod template.",
    reference="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
)
def spread(objects: Objects) -> Iterator[SetFinding]:
    replicas = most_replicas(objects)
    for found in objects.pods:
        apart = mapping(found.spec, "affinity", "podAntiAffinity") or entries(found.spec, "topologySpreadConstraints")
        if replicas.get(identity(found.workload), 1) > 1 and not apart:
            path = (*found.path, "spec", "topologySpreadConstraints")
            yield found.workload, path, "may have all replicas on one machine"


@partial(
    SetRule,
    id="autoscaler-target",
    severity=Severity.MANDATORY,
    title="Autoscaler's target exists",
    reason="An autoscaler without a target scales nothing and says so only in its own status.",
    remedy="Name an existing workload in `scaleTargetRef`, in the autoscaler's own namespace.",
    reference="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
)
def autoscaler_target(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(AUTOSCALER, SCALED_OBJECT):
        target, place, target_name = _target(item)
        if not objects.find(target, place, target_name):
            yield item, ("spec", "scaleTargetRef"), f"{target} {target_name!r} is not in namespace {place!r}"


@partial(
    SetRule,
    id="autoscaler-replicas",
    severity=Severity.MANDATORY,
    title="Replicas have one master",
    reason="Each deployment would set the replicas back that the autoscaler chose, in the middle of the load.",
    remedy="Remove `spec.replicas` from the workload that is autoscaled.",
    reference="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
    "#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
)
def autoscaler_replicas(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(AUTOSCALER, SCALED_OBJECT):
        target = objects.find(*_target(item))
        if target and get(target, "spec", "replicas") is not None:
            yield target, ("spec", "replicas"), f"fixes what {short_kind(item)} {name(item)!r} scales"
