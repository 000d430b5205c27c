"""How a new version takes over from the old one."""

from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Identity, Object, Pod, entries, get, identity, kind, mapping, number
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity
from .availability import most_replicas

DEPLOYMENT = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"


def _serving(objects: Objects) -> dict[Identity, Pod]:
    """The Deployments and such that a Service sends requests to."""
    served = (each for item in objects.of("Service") for each in objects.picked_by(item, "spec", "selector"))
    return {identity(each.workload): each for each in served}


def _takes_devices(found: Pod) -> bool:
    """Whether pods hold devices, such as GPUs: a surge may then wait for ever for a free one."""
    limits = (mapping(container, "resources", "limits") for _, container in found.containers)
    return any("/" in resource for each in limits for resource in each)


@partial(
    ObjectRule,
    id="rollout-deadline",
    severity=Severity.ADVISORY,
    title="A rollout that cannot succeed is given up",
    reason="The default is 10 minutes of waiting before anybody hears that a new version does not start.",
    remedy="Set `spec.progressDeadlineSeconds` a little above the slowest start.",
    reference=DEPLOYMENT + "#progress-deadline-seconds",
)
def deadline(item: Object) -> Iterator[Finding]:
    if kind(item) == "apps/Deployment" and number(item, "spec", "progressDeadlineSeconds") is None:
        yield ("spec", "progressDeadlineSeconds"), "a failed rollout is noticed after 10 minutes"


@partial(
    SetRule,
    id="rollout-surge",
    severity=Severity.MANDATORY,
    title="An update takes no replica away before its successor is ready",
    reason="The default lets a quarter of the replicas go first, under full load.",
    remedy="Set `strategy.rollingUpdate.maxUnavailable: 0`. Pods that hold devices (GPUs) are excepted.",
    reference=DEPLOYMENT + "#max-unavailable",
)
def surge(objects: Objects) -> Iterator[SetFinding]:
    path = ("spec", "strategy", "rollingUpdate", "maxUnavailable")
    for (workload_kind, _, _), found in _serving(objects).items():
        allowed = get(found.workload, *path)
        if workload_kind == "apps/Deployment" and allowed not in (0, "0", "0%") and not _takes_devices(found):
            yield found.workload, path, "an update may take serving replicas away first"


@partial(
    SetRule,
    id="rollout-pre-stop",
    severity=Severity.MANDATORY,
    title="A stopping replica answers until nobody calls it any more",
    reason="A pod gets its signal to stop while other nodes still send it requests: those would be refused.",
    remedy="Add `lifecycle: {preStop: {sleep: {seconds: 5}}}` to the containers that listen.",
    reference="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow",
)
def pre_stop(objects: Objects) -> Iterator[SetFinding]:
    replicas = most_replicas(objects)
    for key, found in _serving(objects).items():
        for path, container in found.main_containers if replicas.get(key, 1) > 1 else ():
            if entries(container, "ports") and not get(container, "lifecycle", "preStop"):
                yield found.workload, (*path, "lifecycle", "preStop"), "stops while requests are still on their way"
