"""How many replicas there are, and how many of them may be away."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Identity, Object, get, identity, mapping, name, namespace, number
from ...rule import SetFinding, SetRule, Severity

AUTOSCALER = "autoscaling/HorizontalPodAutoscaler"
BUDGET = "policy/PodDisruptionBudget"
REPLICATED = ("apps/Deployment", "apps/StatefulSet")


def _target(autoscaler: Object) -> Identity:
    """The identity of what an autoscaler scales."""
    reference = mapping(autoscaler, "spec", "scaleTargetRef")
    return identity({**reference, "metadata": {"name": reference.get("name"), "namespace": namespace(autoscaler)}})


def most_replicas(objects: Objects) -> dict[Identity, float]:
    """How many replicas each Deployment and StatefulSet may come to have."""
    replicas = {identity(item): number(item, "spec", "replicas") for item in objects.of(*REPLICATED)}
    scaled = {_target(item): number(item, "spec", "maxReplicas") for item in objects.of(AUTOSCALER)}
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
    id="autoscaler-target",
    severity=Severity.MANDATORY,
    title="Autoscaler's target exists",
    reason="An autoscaler without a target scales nothing and says so only in its own status.",
    remedy="Name an existing workload in `scaleTargetRef`, in the autoscaler's own namespace.",
    reference="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
)
def autoscaler_target(objects: Objects) -> Iterator[SetFinding]:
    for item in objects.of(AUTOSCALER):
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
    for item in objects.of(AUTOSCALER):
        target = objects.find(*_target(item))
        if target and get(target, "spec", "replicas") is not None:
            yield target, ("spec", "replicas"), f"fixes what HorizontalPodAutoscaler {name(item)!r} scales"
