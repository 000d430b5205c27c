"""What containers reserve of a node, and how much they may take."""

from collections.abc import Iterator
from functools import partial

from ...objects import Object, Path, get, pod
from ...rule import Finding, ObjectRule, Severity

REFERENCE = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"


def _without(item: Object, resource: str, *sections: str) -> Iterator[Path]:
    """The containers that name `resource` in none of `sections`, nor their pod for them."""
    found = pod(item)
    if not found or any(get(found.spec, "resources", section, resource) for section in sections):
        return
    for path, container in found.containers:
        if not any(get(container, "resources", section, resource) for section in sections):
            yield (*path, "resources", sections[0], resource)


@partial(
    ObjectRule,
    id="container-requests",
    severity=Severity.MANDATORY,
    title="CPU and memory are reserved",
    reason="The scheduler overfills a node with what it does not know of; an autoscaler has nothing to compare with.",
    remedy="Set `resources.requests` for cpu and memory.",
    reference=REFERENCE,
)
def requests(item: Object) -> Iterator[Finding]:
    for resource in ("cpu", "memory"):
        for path in _without(item, resource, "requests", "limits"):
            yield path, f"reserves no {resource}"


@partial(
    ObjectRule,
    id="container-memory-limit",
    severity=Severity.MANDATORY,
    title="Memory is limited",
    reason="One leak would otherwise take the node's memory from everybody. CPU is shared out, hence needs no limit.",
    remedy="Set `resources.limits.memory`.",
    reference=REFERENCE,
)
def memory_limit(item: Object) -> Iterator[Finding]:
    for path in _without(item, "memory", "limits"):
        yield path, "may take all memory of its node"
