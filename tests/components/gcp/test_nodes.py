from typing import Any

import pytest

from tests.components.deployed import Deployed
from tests.components.gcp.made import CLUSTER, GPUS, MODELS, POOL, SYSTEM, at, before, machine, made


@pytest.mark.parametrize(
    ("default", "path", "value"),
    [
        ("secure boot", "nodeConfig.shieldedInstanceConfig.enableSecureBoot", True),
        ("integrity monitoring", "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", True),
        ("metadata server of GKE", "nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA"),
        ("no legacy metadata", "nodeConfig.metadata.disable-legacy-endpoints", "true"),
        ("no read-only port", "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled", "FALSE"),
        ("own account", "nodeConfig.serviceAccount", "nodes@my-project"),
        ("Container-Optimized OS", "nodeConfig.imageType", "COS_CONTAINERD"),
        ("gVNIC", "nodeConfig.gvnic.enabled", True),
        ("private", "networkConfig.enablePrivateNodes", True),
        ("repaired", "management.autoRepair", True),
        ("upgraded", "management.autoUpgrade", True),
        ("none missing while upgraded", "upgradeSettings", {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}),
        ("limits of all zones together", "autoscaling", {
            "totalMinNodeCount": 1, "totalMaxNodeCount": 5, "locationPolicy": "BALANCED"}),
        ("its name as a label", "nodeConfig.labels", {"slipway/pool": "models"}),
    ],
)  # fmt: skip
def test_a_default_of_a_pool(deployed: Deployed, default: str, path: str, value: object) -> None:
    assert at(deployed.named("gke-models", POOL).inputs, path) == value, default


def test_machines_run_as_an_account_that_writes_logs_and_reads_images_alone(deployed: Deployed) -> None:
    granted = {each.inputs["role"]: each.inputs["member"] for each in deployed.of("gcp:projects/iAMMember:IAMMember")}
    assert granted == dict.fromkeys(
        ("roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"),
        "serviceAccount:nodes@my-project",
    )
    assert deployed.one("gcp:serviceaccount/account:Account").inputs["accountId"] == "slipway-gke"


def test_a_gpu_brings_its_driver_its_label_and_the_taint_that_gke_gives() -> None:
    taints = [{"key": "nvidia.com/gpu", "value": "present"}, {"key": "team", "value": "a", "effect": "NoExecute"}]
    deployed = made(node_pools=[{**GPUS, "taints": taints}, SYSTEM])
    found = machine(deployed, "gpus")
    driver = {"gpuDriverVersion": "DEFAULT"}
    assert found["guestAccelerators"] == [{"type": "nvidia-l4", "count": 1, "gpuDriverInstallationConfig": driver}]
    assert found["labels"] == {"slipway/pool": "gpus", "slipway/gpu": "nvidia-l4"}
    assert found["taints"] == [{"key": "team", "value": "a", "effect": "NO_EXECUTE"}]
    pool = deployed.named("gke-gpus", POOL)
    assert "NodePool gke-system" in before(deployed, pool)
    assert pool.inputs["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1}
    assert (pool.inputs["initialNodeCount"], pool.inputs["autoscaling"]["totalMinNodeCount"]) == (0, 0)


def test_machines_that_are_hard_to_get_are_taken_from_any_zone() -> None:
    deployed = made(node_pools=[SYSTEM, GPUS, {**MODELS, "spot": True, "machine": "c4-standard-4"}])
    policies = {each.name: each.inputs["autoscaling"]["locationPolicy"] for each in deployed.of(POOL)}
    assert policies == {"gke-system": "BALANCED", "gke-gpus": "ANY", "gke-models": "ANY"}
    assert machine(deployed, "models")["spot"] is True
    assert machine(deployed, "models")["diskType"] == "hyperdisk-balanced"


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ({}, 2),
        ({"zones": ["us-central1-a"]}, 4),
        ({"location": "us-central1-b"}, 4),
    ],
)
def test_a_pool_starts_with_its_least_shared_by_the_zones(chosen: dict[str, Any], first: int) -> None:
    pool = made(node_pools=[{**SYSTEM, "min": 4, "max": 6}], **chosen).one(POOL)
    assert pool.inputs["initialNodeCount"] == first
    assert list(pool.request.ignoreChanges) == ["initialNodeCount"]


def test_machines_stand_in_the_chosen_zones_and_keys_in_their_region() -> None:
    assert made(zones=["us-central1-a"]).one(CLUSTER).inputs["nodeLocations"] == ["us-central1-a"]
    deployed = made(location="us-central1-f")
    assert deployed.one(CLUSTER).inputs["location"] == "us-central1-f"
    assert deployed.one("gcp:kms/keyRing:KeyRing").inputs["location"] == "us-central1"
    assert deployed.one("gcp:compute/subnetwork:Subnetwork").inputs["region"] == "us-central1"


def test_a_pool_more_or_fewer_or_elsewhere_in_the_list_leaves_the_others() -> None:
    def pools(*chosen: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {each.urn: each.inputs for each in made(node_pools=list(chosen)).of(POOL)}

    two, three = pools(SYSTEM, MODELS), pools(GPUS, MODELS, SYSTEM)
    assert len(three) == 3
    assert {urn: three[urn] for urn in two} == two
