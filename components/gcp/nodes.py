"""The machines of a Standard cluster, and who they are."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
from pulumi_gcp import container, projects, serviceaccount

from components.gcp import locations, machines
from components.gcp.home import Home
from components.gcp.network import Place
from components.gcp.spec import GkeSpec
from components.node_pool import GPU_TAINT, Gpu, NodePool, Taint

ROLES = ("container.defaultNodeServiceAccount", "artifactregistry.reader")
"""Logs and metrics, and images: https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster."""
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_EFFECTS = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}


class NodeAccount(NamedTuple):
    """The service account that machines run as, and what it may do."""

    email: pulumi.Output[str]
    roles: tuple[pulumi.Resource, ...]


def account(name: str, home: Home) -> NodeAccount:
    """An account for the machines of cluster `name` alone, in place of the one that may change the whole project."""
    arguments = serviceaccount.AccountArgs(account_id=name, display_name=f"machines of {name}")
    found = serviceaccount.Account(home.name, arguments, home.child())
    roles = (
        projects.IAMMember(
            f"{home.name}-{role.partition('.')[0]}",
            projects.IAMMemberArgs(project=home.project, role=f"roles/{role}", member=found.member),
            home.child(),
        )
        for role in ROLES
    )
    return NodeAccount(found.email, tuple(roles))


def pools(
    spec: GkeSpec, home: Home, place: Place, account: NodeAccount, cluster: container.Cluster
) -> list[container.NodePool]:
    """Makes the pools; returns those for the cluster's own parts.

    Pools with GPUs come after these: GKE taints such a pool only where one without GPUs is there already.
    """
    zones = locations.spread(spec.location, spec.zones)

    def make(pool: NodePool, after: Sequence[pulumi.Resource]) -> container.NodePool:
        options = home.child(
            depends_on=[*place.ready, *account.roles, *after],
            ignore_changes=["initial_node_count"],
            delete_before_replace=True,
            deleted_with=cluster,
        )
        return container.NodePool(f"{home.name}-{pool.name}", _pool(pool, home, account, cluster, zones), options)

    system = [make(pool, ()) for pool in spec.node_pools if pool.system]
    for pool in spec.node_pools:
        if not pool.system:
            make(pool, system if pool.gpu else ())
    return system


def _pool(
    pool: NodePool, home: Home, account: NodeAccount, cluster: container.Cluster, zones: int
) -> container.NodePoolArgs:
    return container.NodePoolArgs(
        name=pool.name,
        cluster=cluster.name,
        location=cluster.location,
        initial_node_count=-(-pool.min // zones),
        autoscaling=container.NodePoolAutoscalingArgs(
            total_min_node_count=pool.min,
            total_max_node_count=pool.max,
            location_policy="ANY" if pool.spot or pool.gpu else "BALANCED",
        ),
        management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
        upgrade_settings=_upgrades(pool),
        network_config=container.NodePoolNetworkConfigArgs(enable_private_nodes=True),
        node_config=_machine(pool, home, account),
    )


def _upgrades(pool: NodePool) -> container.NodePoolUpgradeSettingsArgs:
    """A new machine before an old one goes; with GPUs the other way round, for a spare one is seldom to be had."""
    spare = 0 if pool.gpu else 1
    return container.NodePoolUpgradeSettingsArgs(strategy="SURGE", max_surge=spare, max_unavailable=1 - spare)


def _machine(pool: NodePool, home: Home, account: NodeAccount) -> container.NodePoolNodeConfigArgs:
    return container.NodePoolNodeConfigArgs(
        machine_type=pool.machine,
        spot=pool.spot,
        disk_type=machines.boot_disk(pool.machine),
        disk_size_gb=pool.disk_gib,
        image_type="COS_CONTAINERD",
        labels=pool.all_labels,
        resource_labels={**home.labels, "node-pool": pool.name},
        taints=[_taint(taint) for taint in pool.taints if taint.key != GPU_TAINT.key] or None,
        guest_accelerators=[_accelerator(pool.gpu)] if pool.gpu else None,
        service_account=account.email,
        oauth_scopes=[SCOPE],
        metadata={"disable-legacy-endpoints": "true"},
        gvnic=container.NodePoolNodeConfigGvnicArgs(enabled=True),
        shielded_instance_config=container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        workload_metadata_config=container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        kubelet_config=container.NodePoolNodeConfigKubeletConfigArgs(insecure_kubelet_readonly_port_enabled="FALSE"),
    )


def _accelerator(gpu: Gpu) -> container.NodePoolNodeConfigGuestAcceleratorArgs:
    """GKE installs the driver, and taints the machines by itself: a second taint of that key is refused."""
    driver = container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(gpu_driver_version="DEFAULT")
    return container.NodePoolNodeConfigGuestAcceleratorArgs(
        type=gpu.type, count=gpu.count, gpu_driver_installation_config=driver
    )


def _taint(taint: Taint) -> container.NodePoolNodeConfigTaintArgs:
    return container.NodePoolNodeConfigTaintArgs(key=taint.key, value=taint.value, effect=_EFFECTS[taint.effect])
