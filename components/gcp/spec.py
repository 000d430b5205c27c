"""What an environment may choose about a cluster of Google Cloud."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from components.cloud import CloudSpec
from components.cluster import HOURS, Charge, SignIn
from components.context import Opening, Traits
from components.errors import SlipwayError
from components.gcp import locations, machines
from components.gcp.addresses import ExistingNetwork, NewNetwork
from components.gcp.locations import Location
from components.node_pool import NodePool

METADATA_SERVER = "169.254.169.254/32"
"""Answers at 80 and 8080 with Dataplane V2: https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy."""
SHARED_CLASS = "filestore"


def _project(text: str) -> str:
    if not re.fullmatch(r"[a-z][-a-z0-9]{4,28}[a-z0-9]", text):
        shape = "6 to 30 lower case letters, digits and '-', starting with a letter and not ending with '-'"
        raise ValueError(f"must be the id of a project: {shape}")
    return text


class GkeSpec(CloudSpec):
    """What an environment may choose: https://cloud.google.com/kubernetes-engine/docs/concepts/types-of-clusters.

    `location`: in a region the control plane and the machines stand in several zones, in a zone all depend on it.
    `mode`: `autopilot` leaves the machines to Google, and has no `node_pools`.
    """

    programs: ClassVar[tuple[str, ...]] = ("gke-gcloud-auth-plugin",)
    sign_in: ClassVar[SignIn | None] = SignIn(
        ("gke-gcloud-auth-plugin", "--use_application_default_credentials"), "gcloud auth application-default login"
    )
    extra: ClassVar[str | None] = "gcp"
    name_limit: ClassVar[int] = 30
    pool_name_limit: ClassVar[int] = 40

    project: Annotated[str, AfterValidator(_project)]
    location: Location
    zones: tuple[str, ...] = ()
    """Where in the region the machines stand, such as the zones that have the GPUs; GKE chooses three by itself."""
    mode: Literal["standard", "autopilot"] = "standard"
    network: NewNetwork = NewNetwork()
    existing_network: ExistingNetwork | None = None
    deletion_protection: bool = False
    """Whether destroying the cluster is refused until this is false again."""
    node_pools: tuple[NodePool, ...] = (
        NodePool(name="system", machine="e2-standard-4", min=1, max=3, system=True),
        NodePool(name="models", machine="n2-standard-4", min=1, max=5),
    )
    traits: Traits = Traits(
        storage_class="standard-rwo",
        shared_storage_class=SHARED_CLASS,
        load_balancer=True,
        metrics_api=True,
        adds_nodes=True,
        store_schemes=("gs",),
        identity_endpoints=(Opening(cidr=METADATA_SERVER, port=80), Opening(cidr=METADATA_SERVER, port=8080)),
        gpu_devices=True,
        cni_layout="gke",
    )

    @property
    def manages_machines(self) -> bool:
        return self.mode == "autopilot"

    @property
    def region(self) -> str:
        """Where its network and its keys are."""
        return locations.region(self.location)

    def cluster_name(self, name: str) -> str:
        if not re.fullmatch(r"[-a-z0-9]*[a-z0-9]", full := super().cluster_name(name)):
            fact = f"its cluster would be called {full!r}, and Google allows lower case letters, digits and '-'"
            raise SlipwayError(f"environment {name!r}: {fact}. Rename the environment")
        return full

    @model_validator(mode="before")
    @classmethod
    def _no_pools_by_default(cls, given: Any) -> Any:
        is_autopilot = isinstance(given, dict) and given.get("mode") == "autopilot"
        return {"node_pools": (), **given} if is_autopilot else given

    @model_validator(mode="after")
    def _machines(self) -> Self:
        if self.manages_machines and self.node_pools:
            raise ValueError("an Autopilot cluster brings its own machines. Remove node_pools, or mode")
        for pool in self.node_pools:
            machines.check(pool)
        return self

    @model_validator(mode="after")
    def _place(self) -> Self:
        locations.check_zones(self.location, self.zones)
        if self.existing_network and "network" in self.model_fields_set:
            raise ValueError("network and existing_network exclude each other. Keep one")
        if not self.existing_network:
            self.network.check_room(self.node_pools)
        return self

    def cautions(self) -> tuple[str, ...]:
        network = self.existing_network
        return (
            f"project {self.project}: needs billing, and the APIs cloudresourcemanager and serviceusage enabled",
            "Pulumi and kubectl go in as the application default credentials: gcloud auth application-default login",
            f"quotas of {self.region}: CPUs of each machine family, SSD_TOTAL_GB, IN_USE_ADDRESSES",
            *(
                f"{pool.name}: quota of {self.region} for {pool.gpu.type}, and GPUS_ALL_REGIONS, are 0 in a new project"
                for pool in self.node_pools
                if pool.gpu
            ),
            *([f"{network.subnetwork}: needs Private Google Access and Cloud NAT"] if network else []),
        )

    def bill(self) -> tuple[Charge, ...]:
        outward = [] if self.existing_network else [Charge("NAT address hour", HOURS)]
        fixed = (Charge("control plane hour", HOURS), Charge("load balancer rule hour", HOURS))
        return (*fixed, Charge("KMS key version month", 1), *outward, *self._bill_of_machines())

    def _bill_of_machines(self) -> Iterator[Charge]:
        for pool in (pool for pool in self.node_pools if pool.min):
            hour = "spot hour" if pool.spot else "hour"
            yield Charge(f"{pool.machine} {hour}", HOURS * pool.min)
            yield Charge(f"{machines.boot_disk(pool.machine)} GiB month", pool.disk_gib * pool.min)
            if pool.gpu and not machines.has_own_gpus(pool.machine):
                yield Charge(f"{pool.gpu.type} {hour}", HOURS * pool.min * pool.gpu.count)
            if not self.existing_network:
                yield Charge("NAT machine hour", HOURS * pool.min)
