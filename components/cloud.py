"""What the clusters of every cloud have in common: a version, pools of machines, and who may call the API."""

from collections import Counter
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, model_validator

from components.cluster import ClusterSpec
from components.context import Traits
from components.network import EVERYBODY, Cidr
from components.node_pool import Machines, NodePool, Taint

KUBERNETES = ("1.33", "1.34", "1.35")
"""The versions that every add-on of the platform supports."""


def supported(version: str) -> str:
    """The minor version, such as "1.34". Raises ValueError where not every add-on runs on it."""
    if version not in KUBERNETES:
        shared = f"{KUBERNETES[0]} to {KUBERNETES[-1]}"
        raise ValueError(f"is out of range: the add-ons of the platform share {shared}. Choose one of them")
    return version


KubernetesVersion = Annotated[str, AfterValidator(supported)]
"""A minor version, such as "1.34"; in YAML between quotes."""


class CloudSpec(ClusterSpec):
    """The fields that EKS, GKE and AKS share. A kind adds its region, its network, and its `node_pools` by default."""

    pool_name_limit: ClassVar[int] = 63

    version: KubernetesVersion = KUBERNETES[-1]
    node_pools: tuple[NodePool, ...] = ()
    authorized_networks: tuple[Cidr, ...] = ()
    """Who may call the API server from outside the cluster's network; nobody by default."""
    open_to_the_internet: bool = False
    """Says that 0.0.0.0/0 in `authorized_networks` is meant."""

    @property
    def manages_machines(self) -> bool:
        """Whether the cloud brings machines as pods need them, so that there are no pools."""
        return False

    @property
    def known_traits(self) -> Traits:
        """With its own pools beside those that somebody else looks after, where it has pools at all."""
        if self.manages_machines:
            return self.traits
        own = {pool.name: Machines(gpu=pool.gpu, taints=self.taints(pool)) for pool in self.node_pools}
        return self.traits.model_copy(update={"node_pools": {**own, **(self.traits.node_pools or {})}})

    def taints(self, pool: NodePool) -> tuple[Taint, ...]:
        """What keeps pods off the machines of `pool`."""
        return pool.all_taints

    @model_validator(mode="after")
    def _pools(self) -> Self:
        for name, times in Counter(pool.name for pool in self.node_pools).items():
            if times > 1:
                raise ValueError(f"{times} node pools have the name {name!r}. Rename one")
            if len(name) > self.pool_name_limit:
                raise ValueError(f"node pool {name!r} is over {self.pool_name_limit} characters. Shorten its name")
        if not self.manages_machines and not any(pool.system for pool in self.node_pools):
            raise ValueError("no node pool is for the cluster's own parts. Give one `system: true`")
        return self

    @model_validator(mode="after")
    def _said_so(self) -> Self:
        if EVERYBODY in self.authorized_networks and not self.open_to_the_internet:
            cure = "List your own networks, or say `open_to_the_internet: true`"
            raise ValueError(f"authorized_networks has {EVERYBODY}: anybody could call the API server. {cure}")
        return self
