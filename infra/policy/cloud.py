"""What rules on cloud resources have in common."""

from collections.abc import Iterable, Iterator
from typing import Any

from .objects import Object, Path, entries, has

EVERYBODY = frozenset({"0.0.0.0/0", "::/0", "*", "any", "internet"})
"""All addresses there are, of either family, and what Azure calls them."""

YES = (True, "true")
"""Some switches of Amazon's are text."""

AKS_POOLS = ("azure-native:containerservice:AgentPool", "azure-native:containerservice:ManagedCluster")


def everybody(networks: Iterable[Any]) -> bool:
    """Whether all addresses are among these networks."""
    return any(str(each).lower() in EVERYBODY for each in networks)


def aks_pools(properties: Object) -> Iterator[tuple[Path, Object]]:
    """The node pools that are, or are within, a resource of AKS_POOLS, each with its path."""
    if has(properties, "vmSize"):
        yield (), properties
    for index, pool in enumerate(entries(properties, "agentPoolProfiles")):
        yield ("agentPoolProfiles", index), pool
