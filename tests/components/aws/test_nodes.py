from typing import Any

import pytest

from tests.components.aws.account import provisioned
from tests.components.deployed import Deployed, Resource

GROUP, TEMPLATE = "aws:eks/nodeGroup:", "aws:ec2/launchTemplate:"
SYSTEM = {"name": "system", "system": True, "machine": "m7i.large", "min": 2, "max": 4}
MODELS = {"name": "models", "machine": "m7i.xlarge", "min": 1, "max": 6}
GPUS = {"name": "gpus", "machine": "g6.xlarge", "gpu": {"type": "l4"}, "max": 2}


def group(deployed: Deployed, pool: str) -> dict[str, Any]:
    return deployed.named(f"eks-{pool}", GROUP).inputs


@pytest.mark.parametrize("pool", ["system", "models"])
def test_metadata_takes_session_tokens_and_stays_on_the_node(deployed: Deployed, pool: str) -> None:
    options = deployed.named(f"eks-{pool}", TEMPLATE).inputs["metadataOptions"]
    assert options == {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}


@pytest.mark.parametrize("pool", ["system", "models"])
def test_disks_are_encrypted(deployed: Deployed, pool: str) -> None:
    (disk,) = deployed.named(f"eks-{pool}", TEMPLATE).inputs["blockDeviceMappings"]
    assert disk["deviceName"] == "/dev/xvda"
    assert disk["ebs"] == {"volumeSize": 100, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"}


def test_machines_disks_and_interfaces_carry_tags(deployed: Deployed) -> None:
    tags = deployed.named("eks-models", TEMPLATE).inputs["tagSpecifications"]
    assert {each["resourceType"] for each in tags} == {"instance", "volume", "network-interface"}
    for each in tags:
        assert each["tags"] == {"managed-by": "slipway", "environment": "eks", "Name": "eks-models"}


def test_a_node_may_find_its_cluster_and_pull_images_and_no_more(deployed: Deployed) -> None:
    attached = deployed.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    policies = {each.inputs["policyArn"].rpartition("/")[2] for each in attached if each.name.startswith("eks-node-")}
    assert policies == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}
    assert not [each for each in deployed.of("aws:iam/rolePolicy:RolePolicy") if each.name == "eks-node"]


def test_a_group_is_the_pool_as_chosen(deployed: Deployed) -> None:
    found = group(deployed, "models")
    assert found["scalingConfig"] == {"minSize": 1, "maxSize": 6, "desiredSize": 1}
    assert found["instanceTypes"] == ["m7i.xlarge"]
    assert found["capacityType"] == "ON_DEMAND"
    assert found["labels"] == {"slipway/pool": "models"}
    assert found["launchTemplate"] == {"id": "eks-models-id", "version": "3"}
    assert found["version"] == "1.35"


def test_the_autoscalers_count_of_nodes_is_left_alone(deployed: Deployed) -> None:
    for each in deployed.of("aws:eks/nodeGroup:NodeGroup"):
        assert list(each.request.ignoreChanges) == ["scalingConfig.desiredSize"]


def test_nodes_are_replaced_one_by_one_and_repaired(deployed: Deployed) -> None:
    for each in deployed.of("aws:eks/nodeGroup:NodeGroup"):
        assert each.inputs["updateConfig"] == {"maxUnavailable": 1}
        assert each.inputs["nodeRepairConfig"] == {"enabled": True}


@pytest.mark.parametrize(
    ("pool", "image"),
    [
        ({"machine": "m7i.large"}, "AL2023_x86_64_STANDARD"),
        ({"machine": "m7g.large", "architecture": "arm64"}, "AL2023_ARM_64_STANDARD"),
        ({"machine": "g6.xlarge", "gpu": {"type": "l4"}}, "AL2023_x86_64_NVIDIA"),
    ],
)
def test_the_image_follows_from_the_machine(pool: dict[str, Any], image: str) -> None:
    assert group(provisioned(node_pools=[SYSTEM, {"name": "x", **pool}]), "x")["amiType"] == image


def test_a_gpu_pool_scales_from_zero_and_keeps_other_pods_away() -> None:
    found = group(provisioned(node_pools=[SYSTEM, GPUS]), "gpus")
    assert found["scalingConfig"] == {"minSize": 0, "maxSize": 2, "desiredSize": 0}
    assert found["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]
    assert found["labels"]["k8s.amazonaws.com/accelerator"] == found["labels"]["slipway/gpu"] == "l4"


def test_taints_and_spot_are_said_as_eks_says_them() -> None:
    taints = [{"key": "a", "value": "b", "effect": effect} for effect in ("PreferNoSchedule", "NoExecute")]
    found = group(provisioned(node_pools=[SYSTEM, {**MODELS, "spot": True, "taints": taints}]), "models")
    assert found["capacityType"] == "SPOT"
    assert [taint["effect"] for taint in found["taints"]] == ["PREFER_NO_SCHEDULE", "NO_EXECUTE"]


def of_pool(deployed: Deployed, pool: str) -> list[tuple[str, dict[str, Any], set[str]]]:
    """Everything that is registered for a pool, and what it depends on."""

    def said(each: Resource) -> tuple[str, dict[str, Any], set[str]]:
        return each.urn, each.inputs, set(each.request.dependencies)

    return sorted((said(each) for each in deployed.resources if each.name == f"eks-{pool}"), key=lambda each: each[0])


@pytest.mark.parametrize("pools", [[SYSTEM], [SYSTEM, MODELS, GPUS], [MODELS, SYSTEM], [GPUS, MODELS, SYSTEM]])
def test_a_pool_is_the_same_whichever_others_there_are(deployed: Deployed, pools: list[dict[str, Any]]) -> None:
    changed = provisioned(node_pools=pools)
    for pool in ("system", "models"):
        if pool in {each["name"] for each in pools}:
            assert of_pool(changed, pool) == of_pool(deployed, pool)
            assert len(of_pool(changed, pool)) == 3
        else:
            assert not of_pool(changed, pool)
