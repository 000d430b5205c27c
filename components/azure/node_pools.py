"""Node pools. AKS makes the system pool together with the cluster, every other one by itself."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import containerservice as aks

from components.azure.machines import SPOT, os_disk, taints
from components.azure.place import Place
from components.node_pool import NodePool, Taint


class PoolSettings(NamedTuple):
    """What all pools of a cluster share; `subnet` is a resource id."""

    version: str
    zones: tuple[str, ...]
    subnet: pulumi.Input[str]
    host_encryption: bool
    tags: Mapping[str, str]


def profile(pool: NodePool, settings: PoolSettings) -> aks.ManagedClusterAgentPoolProfileArgsDict:
    """The pool, as the cluster and a pool by itself both spell it."""
    return {
        "name": pool.name,
        "mode": aks.AgentPoolMode.SYSTEM if pool.system else aks.AgentPoolMode.USER,
        "type": aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "orchestrator_version": settings.version,
        "vm_size": pool.machine,
        "availability_zones": settings.zones,
        "vnet_subnet_id": settings.subnet,
        "enable_node_public_ip": False,
        "enable_auto_scaling": True,
        "count": pool.min,
        "min_count": pool.min,
        "max_count": pool.max,
        "node_labels": pool.all_labels | ({SPOT: "spot"} if pool.spot else {}),
        "node_taints": [_written(taint) for taint in taints(pool)],
        "tags": settings.tags,
        **_system(pool, settings.host_encryption),
        **_kind(pool),
    }


def _system(pool: NodePool, host_encryption: bool) -> aks.ManagedClusterAgentPoolProfileArgsDict:
    """Its disk and its operating system; GPU drivers and Arm have no signed boot chain here."""
    trusted = not pool.gpu and pool.architecture == "amd64"
    return {
        "name": pool.name,
        "os_type": aks.OSType.LINUX,
        "os_sku": aks.OSSKU.UBUNTU if pool.gpu else aks.OSSKU.AZURE_LINUX,
        "os_disk_size_gb": pool.disk_gib,
        "os_disk_type": aks.OSDiskType.MANAGED if os_disk(pool) else aks.OSDiskType.EPHEMERAL,
        "enable_encryption_at_host": host_encryption,
        "security_profile": {"enable_secure_boot": trusted, "enable_vtpm": trusted},
    }


def _kind(pool: NodePool) -> aks.ManagedClusterAgentPoolProfileArgsDict:
    """What makes it a pool of spot machines or of GPUs; there is rarely quota for one GPU more while upgrading."""
    found: aks.ManagedClusterAgentPoolProfileArgsDict = {
        "name": pool.name,
        "upgrade_settings": {"max_surge": "0", "max_unavailable": "1"} if pool.gpu else {"max_surge": "33%"},
    }
    if pool.spot:
        found["scale_set_priority"] = aks.ScaleSetPriority.SPOT
        found["scale_set_eviction_policy"] = aks.ScaleSetEvictionPolicy.DELETE
        found["spot_max_price"] = -1.0
    if pool.gpu:
        found["gpu_profile"] = {"driver": aks.GPUDriver.INSTALL}
    return found


def add(place: Place, cluster: aks.ManagedCluster, pools: Iterable[NodePool], settings: PoolSettings) -> list[Any]:
    """The pools that are not for the system. What cannot be changed in place is replaced, one pool at a time."""
    return [_pool(place, cluster, pool, settings) for pool in pools if not pool.system]


def _pool(place: Place, cluster: aks.ManagedCluster, pool: NodePool, settings: PoolSettings) -> aks.AgentPool:
    shared: dict[str, Any] = {**profile(pool, settings)}
    return aks.AgentPool(
        f"{place.name}-{pool.name}",
        resource_group_name=place.group,
        resource_name_=cluster.name,
        agent_pool_name=shared.pop("name"),
        opts=place.child(ignore_changes=["count"], delete_before_replace=True),
        **shared,
    )


def _written(taint: Taint) -> str:
    return f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"
