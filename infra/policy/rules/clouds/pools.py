"""How far a cluster's nodes may grow: what an autoscaler may spend."""

from collections.abc import Iterator
from functools import partial

from ...cloud import AKS_POOLS, aks_pools
from ...objects import Object, get, number
from ...rule import Finding, ResourceRule, Severity


def _unlimited(pool: Object, *limits: tuple[str, str]) -> str | None:
    """What is wrong with the limits of a pool, the first of `limits` that it has; None if nothing is."""
    pairs = ((number(pool, low), number(pool, high)) for low, high in limits)
    for least, most in pairs:
        if least is not None and most is not None:
            return None if least <= most and most > 0 else f"scales from {least:g} to {most:g} nodes"
    return "has no least or no greatest number of nodes"


@partial(
    ResourceRule,
    id="eks-pool-limits",
    severity=Severity.MANDATORY,
    types=("aws:eks/nodeGroup:NodeGroup",),
    title="Every node group of EKS has limits",
    reason="Without a greatest number one runaway deployment buys machines all night.",
    remedy="Set `scalingConfig.minSize` and `maxSize`, the first not above the second.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
)
def eks(pool: Object) -> Iterator[Finding]:
    if wrong := _unlimited(get(pool, "scalingConfig"), ("minSize", "maxSize")):
        yield ("scalingConfig",), wrong


@partial(
    ResourceRule,
    id="gke-pool-limits",
    severity=Severity.MANDATORY,
    types=("gcp:container/nodePool:NodePool",),
    title="Every node pool of GKE is autoscaled within limits",
    reason="A fixed pool is paid for when idle and too small when not; one without a limit buys machines all night.",
    remedy="In `autoscaling` set `totalMinNodeCount` and `totalMaxNodeCount`; without `total` they count per zone.",
    reference="https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler",
)
def gke(pool: Object) -> Iterator[Finding]:
    limits = ("totalMinNodeCount", "totalMaxNodeCount"), ("minNodeCount", "maxNodeCount")
    if wrong := _unlimited(get(pool, "autoscaling"), *limits):
        yield ("autoscaling",), wrong


@partial(
    ResourceRule,
    id="aks-pool-limits",
    severity=Severity.MANDATORY,
    types=AKS_POOLS,
    title="Every node pool of AKS is autoscaled within limits",
    reason="A fixed pool is paid for when idle and too small when not; one without a limit buys machines all night.",
    remedy="Set `enableAutoScaling: true`, `minCount` and `maxCount`.",
    reference="https://learn.microsoft.com/azure/aks/cluster-autoscaler",
)
def aks(properties: Object) -> Iterator[Finding]:
    for path, pool in aks_pools(properties):
        if get(pool, "enableAutoScaling") is not True:
            yield (*path, "enableAutoScaling"), "has a fixed number of nodes"
        elif wrong := _unlimited(pool, ("minCount", "maxCount")):
            yield (*path, "maxCount"), wrong
