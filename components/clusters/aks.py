"""AKS: Kubernetes that Azure runs."""

import re
from collections import Counter
from typing import Annotated, ClassVar, Literal, Self

import pulumi
from pydantic import AfterValidator, Field, model_validator

from components.azure.addresses import Addresses
from components.azure.locations import Location, zones
from components.azure.machines import checked, os_disk, taints
from components.azure.resource_ids import RegistryId, ResourceGroup, Uuid
from components.cloud import CloudSpec
from components.cluster import HOURS, Charge, Cluster, Identity, SignIn
from components.context import Traits
from components.errors import Mistake, SlipwayError
from components.location.store import Grant
from components.mistakes import refused
from components.node_pool import NodePool, Taint

Day = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
AksNodePool = Annotated[NodePool, AfterValidator(checked)]
"""A pool of up to 12 lower case letters and digits, on a size whose architecture and GPUs it says."""


class Aks(Cluster):
    """A cluster in a resource group of its own. Needs the Azure CLI, signed in, and kubelogin."""

    class Spec(CloudSpec):
        """`subscription`, `location` and `admin_groups` (Entra groups that administer the cluster) are required."""

        programs: ClassVar[tuple[str, ...]] = ("az", "kubelogin")
        sign_in: ClassVar[SignIn | None] = SignIn(("az", "account", "show"), "az login")
        extra: ClassVar[str | None] = "azure"
        name_limit: ClassVar[int] = 54
        pool_name_limit: ClassVar[int] = 12

        subscription: Uuid
        location: Location
        admin_groups: tuple[Uuid, ...] = Field(min_length=1)
        """Object ids of Entra groups; who runs `pulumi up` is a member of one."""
        network: Addresses = Addresses()
        node_pools: tuple[AksNodePool, ...] = (
            NodePool(name="system", machine="Standard_D4ds_v5", min=2, max=3, system=True),
            NodePool(name="models", machine="Standard_D4ds_v5", min=1, max=6),
        )
        store_resource_group: ResourceGroup = "slipway-models"
        """Where the storage accounts of `az://` stores are, in the same subscription."""
        registry: RegistryId | None = None
        """A container registry that the nodes may pull from."""
        maintenance_day: Day = "Sunday"
        host_encryption: bool = True
        """Whether temporary disks and caches are encrypted on the machine too; a subscription must have it enabled."""
        tags: dict[str, str] = {}
        traits: Traits = Traits(
            storage_class="default",
            shared_storage_class="azurefile-csi",
            load_balancer=True,
            metrics_api=True,
            adds_nodes=True,
            store_schemes=("az",),
            identity_labels={"azure.workload.identity/use": "true"},
        )

        @model_validator(mode="after")
        def _one_system_pool(self) -> Self:
            if (count := sum(pool.system for pool in self.node_pools)) > 1:
                fact = f"{count} node pools are `system`; AKS makes one together with the cluster, and keeps that one"
                raise ValueError(f"{fact}. Leave `system: true` to one of them")
            return self

        @model_validator(mode="after")
        def _pool_for_models(self) -> Self:
            if not any(not (pool.system or pool.spot or pool.all_taints) for pool in self.node_pools):
                raise ValueError("every node pool keeps models away. Add one that is not system, spot, GPU or tainted")
            return self

        @model_validator(mode="after")
        def _addresses_suffice(self) -> Self:
            if shortage := self.network.shortage(sum(pool.max for pool in self.node_pools)):
                raise refused([Mistake(("network",), shortage)])
            return self

        def cluster_name(self, name: str) -> str:
            full = super().cluster_name(name)
            if not re.fullmatch(r"[a-zA-Z0-9-]*[a-zA-Z0-9]", full):
                fact = f"its cluster would be called {full!r}; AKS wants letters, digits and '-', not '-' at the end"
                raise SlipwayError(f"environment {name!r}: {fact}. Rename the environment")
            return full

        def cautions(self) -> tuple[str, ...]:
            machines = ", ".join(sorted({pool.machine for pool in self.node_pools}))
            found = [
                f"vCPU quota of {self.location} for {machines}: az vm list-usage --location {self.location}",
                f"Kubernetes {self.version} in {self.location}: az aks get-versions --location {self.location}",
                "whoever runs it is in one of `admin_groups`, and may assign roles (such as Owner)",
            ]
            if self.host_encryption:
                found.append("az feature register --namespace Microsoft.Compute --name EncryptionAtHost, once")
            if not self.authorized_networks:
                found.append("the API server is private: run `up` where the cluster's network can be reached")
            elif self.network.subnet:
                found.append("the nodes' own public addresses are in `authorized_networks`: they call the API server")
            if not zones(self.location):
                found.append(f"{self.location} has no availability zones: one failure may take all nodes")
            return tuple(found)

        def bill(self) -> tuple[Charge, ...]:
            used: Counter[str] = Counter({"AKS Standard hour": HOURS, "load balancer hour": HOURS})
            used["public address hour"] = HOURS if self.network.subnet else 2 * HOURS
            used["NAT gateway hour"] = 0 if self.network.subnet else HOURS
            used["private endpoint hour"] = 0 if self.authorized_networks else HOURS
            for pool in self.node_pools:
                used[f"{pool.machine}{' spot' if pool.spot else ''} hour"] += pool.min * HOURS
                if tier := os_disk(pool):
                    used[f"{tier} disk month"] += pool.min
            return tuple(Charge(what, amount) for what, amount in used.items() if amount)

        def taints(self, pool: NodePool) -> tuple[Taint, ...]:
            return taints(pool)

        @property
        def system_pool(self) -> NodePool:
            """The pool that AKS makes together with the cluster."""
            return next(pool for pool in self.node_pools if pool.system)

    def provision(self, spec: Spec) -> pulumi.Input[str]:
        from components.azure import access, control_plane, network, node_pools, place, roles, upkeep

        name = spec.cluster_name(self.name)
        tags = {**spec.tags, "managed-by": "slipway", "environment": self.name}
        where = place.place(self, name, subscription=spec.subscription, location=spec.location, tags=tags)
        there = network.provide(where, spec.network)
        settings = node_pools.PoolSettings(spec.version, zones(spec.location), there.subnet, spec.host_encryption, tags)
        cluster = control_plane.create(
            where,
            system_pool=spec.system_pool,
            settings=settings,
            addresses=spec.network,
            network=there,
            admin_groups=spec.admin_groups,
            authorized_networks=spec.authorized_networks,
        )
        self.ready += node_pools.add(where, cluster, spec.node_pools, settings)
        upkeep.maintenance(where, cluster, spec.maintenance_day)
        upkeep.logs(where, cluster)
        if spec.registry:
            self.ready.append(roles.pull(where, cluster, spec.registry))
        self._place, self._issuer, self._stores = where, control_plane.issuer(cluster), spec.store_resource_group
        return access.kubeconfig(where, cluster)

    def identity(self, namespace: str, grant: Grant) -> Identity:
        from components.azure import stores

        return stores.reader(self._place, self._issuer, namespace, grant, store_group=self._stores)
