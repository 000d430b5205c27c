import pulumi
import pytest

from components.manifest import Manifest
from components.unit import KubernetesObject
from tests.components.deployed import deploy


@pytest.mark.parametrize(
    ("api", "kind", "token"),
    [
        ("v1", "Service", "kubernetes:core/v1:Service"),
        ("apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"),
        ("networking.k8s.io/v1", "NetworkPolicy", "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
        (
            "machinelearning.seldon.io/v1",
            "SeldonDeployment",
            "kubernetes:machinelearning.seldon.io/v1:SeldonDeployment",
        ),
    ],
)
def test_a_manifest_has_the_token_of_its_typed_class_and_all_it_says(api: str, kind: str, token: str) -> None:
    manifest: KubernetesObject = {"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, "spec": {"x": [1, "2"]}}
    resource = deploy(lambda: Manifest("a", manifest, pulumi.ResourceOptions())).named("a")
    assert resource.type == token
    assert resource.inputs == manifest


def test_an_output_in_a_leaf_arrives_as_its_value() -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"role": pulumi.Output.from_input("arn:1")}}
    resource = deploy(lambda: Manifest("a", manifest, pulumi.ResourceOptions())).named("a")
    assert resource.inputs["data"] == {"role": "arn:1"}


def test_the_manifest_itself_is_not_changed() -> None:
    manifest: KubernetesObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    deploy(lambda: Manifest("a", manifest, pulumi.ResourceOptions()))
    assert manifest == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
