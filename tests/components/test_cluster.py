import pytest

from components.cluster import Cluster, ClusterSpec
from components.clusters.existing import Existing
from components.context import Traits
from components.errors import SlipwayError
from components.unit import Namespace
from tests.components.deployed import KUBECONFIG, deploy, revealed

SPEC = Existing.Spec(kubeconfig=KUBECONFIG, traits=Traits(metrics_api=True))


def test_the_kubeconfig_is_a_secret_wherever_it_goes() -> None:
    deployed = deploy(lambda: Existing("lab", SPEC))
    provider = deployed.one("pulumi:providers:kubernetes")
    assert revealed(provider.inputs["kubeconfig"]) == KUBECONFIG
    assert revealed(deployed.outputs[deployed.one("slipway:index:Existing").urn]["kubeconfig"]) == KUBECONFIG


def test_the_provider_is_never_replaced_for_a_kubeconfig_that_changed() -> None:
    one = deploy(lambda: Existing("lab", SPEC)).one("pulumi:providers:kubernetes")
    other = deploy(lambda: Existing("lab", Existing.Spec(kubeconfig="~/other"))).one("pulumi:providers:kubernetes")
    assert one.inputs["clusterIdentifier"] == other.inputs["clusterIdentifier"] == "lab"


def test_two_clusters_have_two_identities() -> None:
    def program() -> None:
        Existing("lab", SPEC)
        Existing("field", SPEC)

    providers = deploy(program).of("pulumi:providers:kubernetes")
    assert {each.inputs["clusterIdentifier"] for each in providers} == {"lab", "field"}


def test_units_learn_the_traits_of_the_cluster() -> None:
    found: list[Traits] = []
    deploy(lambda: found.append(Existing("lab", SPEC).context.traits))
    assert found == [Traits(metrics_api=True)]


def test_a_namespace_is_made_once_and_shared() -> None:
    def program() -> None:
        cluster = Existing("lab", SPEC)
        assert cluster.namespace(Namespace(name="tools")) is cluster.namespace(Namespace(name="tools"))
        cluster.namespace(Namespace(name="deck"))

    deployed = deploy(program)
    assert sorted(each.name for each in deployed.of("kubernetes:core/v1:Namespace")) == ["lab-deck", "lab-tools"]
    for each in deployed.of("kubernetes:core/v1:Namespace"):
        assert each.parent == "slipway:index:Existing::lab"
        assert each.request.provider.startswith(deployed.one("pulumi:providers:kubernetes").urn)


def test_a_namespace_that_is_asked_for_at_another_level_is_refused() -> None:
    def program() -> None:
        cluster = Existing("lab", SPEC)
        cluster.namespace(Namespace(name="tools"))
        cluster.namespace(Namespace(name="tools", pod_security="privileged"))

    message = "namespace 'tools' is restricted on cluster 'lab', and privileged was asked for"
    with pytest.raises(SlipwayError, match=message):
        deploy(program)


def test_a_kind_that_provisions_nothing_is_none() -> None:
    with pytest.raises(NotImplementedError):
        deploy(lambda: Cluster("lab", ClusterSpec()))
