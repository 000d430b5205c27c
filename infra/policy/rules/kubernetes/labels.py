"""Whose an object is, and what it belongs to."""

from collections.abc import Iterator
from functools import partial

from ...charts import CHART
from ...objects import Object, Path, get, kind, pod
from ...rule import Finding, ObjectRule, Severity

OWNER = "slipway/owner"
COST = "slipway/cost-center"
NAME = "app.kubernetes.io/name"
MANAGED_BY = "app.kubernetes.io/managed-by"
SHARED = frozenset({"Namespace", "apiextensions.k8s.io/CustomResourceDefinition"})
"""Kinds that several owners share: they say only what manages them."""


def _unlabelled(item: Object, *labels: str) -> Iterator[Finding]:
    """Each of `labels` that the object, or its pod template, goes without; a chart is no object of the cluster."""
    found = pod(item)
    places: set[Path] = set() if kind(item) == CHART else {(), found.path if found else ()}
    for place in sorted(places):
        for label in labels:
            if not get(item, *place, "metadata", "labels", label):
                yield (*place, "metadata", "labels", label), f"has no label {label}"


@partial(
    ObjectRule,
    id="label-owner",
    severity=Severity.MANDATORY,
    title="Every object and pod says whose it is",
    reason="Somebody must be called when it breaks, and somebody pays for it.",
    remedy=f"Label the object and its pod template `{OWNER}: <team>`.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
)
def owner(item: Object) -> Iterator[Finding]:
    return iter(()) if kind(item) in SHARED else _unlabelled(item, OWNER)


@partial(
    ObjectRule,
    id="label-cost",
    severity=Severity.MANDATORY,
    title="What costs money says who pays",
    reason="The bill of a cluster names machines, disks and addresses; by this label they are shared out among teams.",
    remedy=f"Label pod templates, claims and Services with an address of their own `{COST}: <cost center>`.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
)
def cost(item: Object) -> Iterator[Finding]:
    paid = kind(item) == "PersistentVolumeClaim" or get(item, "spec", "type") == "LoadBalancer"
    return _unlabelled(item, COST) if paid or pod(item) else iter(())


@partial(
    ObjectRule,
    id="label-recommended",
    severity=Severity.ADVISORY,
    title="Every object and pod has the recommended labels",
    reason="Dashboards, `kubectl get -l` and cleaning up go by them.",
    remedy=f"Label the object and its pod template `{NAME}` and `{MANAGED_BY}`.",
    reference="https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
)
def recommended(item: Object) -> Iterator[Finding]:
    return _unlabelled(item, MANAGED_BY) if kind(item) in SHARED else _unlabelled(item, NAME, MANAGED_BY)
