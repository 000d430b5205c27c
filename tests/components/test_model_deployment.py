from pathlib import Path

import pulumi
import pytest

from components import Context, ModelDeployment
from components.clusters.existing import Existing
from components.unit import identity
from tests.components.deployed import KUBECONFIG, Deployed, deploy
from tests.samples import stack


class Eks(pulumi.CustomResource):
    """A cluster that somebody else's program makes."""

    kubeconfig: pulumi.Output[str]

    def __init__(self) -> None:
        super().__init__("eks:index:Cluster", "eks", {"kubeconfig": KUBECONFIG})


class Team(pulumi.ComponentResource):
    """Somebody else's component, which serves a model among other things."""

    def __init__(self, folder: Path) -> None:
        super().__init__("acme:index:Team", "risk", {})
        cluster = Existing("acme", Existing.Spec(kubeconfig=Eks().kubeconfig))
        bucket = pulumi.CustomResource("acme:index:Bucket", "bucket", {})
        options = pulumi.ResourceOptions(parent=self, depends_on=[bucket])
        self.model = ModelDeployment(stack(folder), cluster=cluster, opts=options)


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    return deploy(lambda: Team(tmp_path), stack="prod")


def test_a_model_is_served_in_somebody_elses_program(deployed: Deployed, tmp_path: Path) -> None:
    component = deployed.one("slipway:index:ModelDeployment")
    owned = [each.name for each in deployed.resources if each.request.parent == component.urn]
    unit = stack(tmp_path).unit(Context())
    assert sorted(owned) == sorted(f"acme-{identity(each)}" for each in unit.objects)


def test_the_options_of_the_caller_stay_with_the_component(deployed: Deployed) -> None:
    component = deployed.one("slipway:index:ModelDeployment")
    bucket = deployed.named("bucket").urn
    assert component.parent == "acme:index:Team::risk"
    assert list(component.request.dependencies) == [bucket]
    for each in deployed.resources:
        if each.request.parent == component.urn:
            assert bucket not in each.request.dependencies


def test_its_namespace_belongs_to_the_cluster(deployed: Deployed) -> None:
    assert deployed.one("kubernetes:core/v1:Namespace").parent == "slipway:index:Existing::acme"


def test_its_url_is_that_of_the_stack(tmp_path: Path) -> None:
    found: list[str] = []
    deploy(lambda: found.append(Team(tmp_path).model.url))
    assert found == ["http://iris.models.svc"]


def test_two_models_share_the_namespace(tmp_path: Path) -> None:
    def program() -> None:
        cluster = Existing("acme", Existing.Spec(kubeconfig="~/x"))
        for name in ("iris", "wine"):
            ModelDeployment(stack(tmp_path, name), cluster=cluster)

    deployed = deploy(program)
    assert len(deployed.of("kubernetes:core/v1:Namespace")) == 1
    assert len({each.urn for each in deployed.resources}) == len(deployed.resources)
