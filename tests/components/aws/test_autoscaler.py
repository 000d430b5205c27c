from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from components.aws import autoscaler
from components.cloud import KUBERNETES
from tests.components.aws.account import provisioned
from tests.components.aws.test_nodes import GPUS, SYSTEM
from tests.components.deployed import Deployed

OBJECTS = autoscaler.manifests("slipway-eks", "eu-west-1", "1.35", ["system"])
(DEPLOYMENT,) = (each for each in OBJECTS if each["kind"] == "Deployment")
POD: dict[str, Any] = DEPLOYMENT["spec"]["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]


def test_there_is_an_autoscaler_for_every_version_of_kubernetes() -> None:
    assert tuple(autoscaler.VERSIONS) == KUBERNETES
    for minor, version in autoscaler.VERSIONS.items():
        assert version.startswith(f"v{minor}.")


@pytest.mark.parametrize("manifest", OBJECTS, ids=lambda manifest: manifest["kind"])
def test_its_objects_are_ones_that_kubernetes_takes(manifest: dict[str, Any]) -> None:
    assert kubernetes_validate.validate(manifest, "1.35", strict=True)


@pytest.mark.parametrize("manifest", OBJECTS, ids=lambda manifest: manifest["kind"])
def test_its_objects_say_whose_they_are(manifest: dict[str, Any]) -> None:
    places = [manifest, *([manifest["spec"]["template"]] if manifest["kind"] == "Deployment" else [])]
    assert [each["metadata"]["labels"]["slipway/owner"] for each in places] == ["platform"] * len(places)


def test_its_pod_is_restricted() -> None:
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_it_finds_the_groups_of_its_cluster() -> None:
    tags = "k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/slipway-eks"
    assert f"--node-group-auto-discovery=asg:tag={tags}" in CONTAINER["command"]
    assert CONTAINER["env"] == [{"name": "AWS_REGION", "value": "eu-west-1"}]


def test_a_models_scratch_space_does_not_keep_a_machine_alive() -> None:
    assert "--skip-nodes-with-local-storage=false" in CONTAINER["command"]


def test_it_changes_nodes_and_evicts_pods_and_nothing_else_of_the_cluster() -> None:
    (role,) = (each for each in OBJECTS if each["kind"] == "ClusterRole")
    writes = [(rule["resources"], set(rule["verbs"]) - {"get", "list", "watch"}) for rule in role["rules"]]
    assert [each for each in writes if each[1]] == [
        (["events", "endpoints"], {"create", "patch"}),
        (["pods/eviction"], {"create"}),
        (["pods/status"], {"update"}),
        (["nodes"], {"update"}),
    ]


def test_it_stands_on_machines_that_it_does_not_remove() -> None:
    deployed = provisioned(node_pools=[SYSTEM, GPUS, {**SYSTEM, "name": "core"}])
    pod = deployed.one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]["spec"]
    wanted = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert wanted["nodeSelectorTerms"][0]["matchExpressions"] == [
        {"key": "slipway/pool", "operator": "In", "values": ["core", "system"]}
    ]


def test_its_pods_take_their_role_by_pod_identity(deployed: Deployed) -> None:
    association = deployed.one("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert association.inputs["clusterName"] == "slipway-eks"
    assert association.inputs["namespace"] == "kube-system"
    assert association.inputs["serviceAccount"] == "cluster-autoscaler"
    assert association.urn in deployed.one("pulumi:providers:kubernetes").request.dependencies
