from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from components import extras
from components.cluster import Cluster, ClusterSpec
from components.clusters.existing import Existing
from components.context import Traits
from components.errors import SlipwayError
from components.mistakes import mistakes
from components.unit import KubernetesObject, Namespace
from tests.components.deployed import KUBECONFIG, deploy, revealed
from tests.samples import OBJECT

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


class Harbour(Cluster):
    """A cluster of a cloud that needs an extra, and puts something onto each."""

    class Spec(ClusterSpec):
        extra: ClassVar[str | None] = "aws"
        name_limit: ClassVar[int] = 12
        traits: Traits = Traits(storage_class="fast", metrics_api=True, store_schemes=("s3",))

    def provision(self, spec: Spec) -> str:
        return KUBECONFIG

    def furnishings(self, spec: Spec) -> tuple[KubernetesObject, ...]:
        return (OBJECT,)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: object())


@pytest.mark.usefixtures("installed")
def test_what_a_kind_puts_onto_its_clusters_is_its_child_and_placed_by_its_provider() -> None:
    deployed = deploy(lambda: Harbour("lab", Harbour.Spec()))
    placed = deployed.one("kubernetes:core/v1:ConfigMap")
    assert placed.parent == "slipway:index:Harbour::lab"
    assert placed.request.provider.startswith(deployed.one("pulumi:providers:kubernetes").urn)


def test_without_its_extra_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)

    def program() -> None:
        with pytest.raises(SlipwayError, match=r"pulumi-aws is not installed. pip install 'slipway\[aws\]'"):
            Harbour("lab", Harbour.Spec())

    assert deploy(program).made == []


@pytest.mark.parametrize(("name", "full"), [("dev", "slipway-dev"), ("four", "slipway-four")])
def test_a_cluster_is_called_after_its_environment(name: str, full: str) -> None:
    assert Harbour.Spec().cluster_name(name) == full


def test_a_name_that_the_cloud_finds_too_long_is_refused() -> None:
    message = "environment 'three': its cluster would be called 'slipway-three', and 12 characters are allowed. Shorten"
    with pytest.raises(SlipwayError, match=message):
        Harbour.Spec().cluster_name("three")


def test_what_is_said_about_some_traits_leaves_the_others_as_the_kind_has_them() -> None:
    given = Harbour.Spec.model_validate({"traits": {"storage_class": "slow", "store_schemes": []}}).traits
    assert given == Traits(storage_class="slow", metrics_api=True)
    assert Harbour.Spec(traits=Traits()).traits == Traits()
    assert Harbour.Spec().traits.storage_class == "fast"


@pytest.mark.parametrize(
    ("traits", "path", "message"),
    [
        (
            {"store_schemes": ["s3", "gs", "az"]},
            ("traits", "store_schemes"),
            "such a cluster gives pods no identity for az, gs. Leave it out, and say `credentials` in the model stack",
        ),
        ({"storage_clas": "x"}, ("traits", "storage_clas"), "unknown key. Did you mean 'storage_class'?"),
        ("fast", ("traits",), "must be a mapping of keys to values; got 'fast'"),
        (
            {"identity_endpoints": [{"cidr": "10.0.0.0/8"}]},
            ("traits", "identity_endpoints", 0, "port"),
            "is required. Add it",
        ),
    ],
)
def test_traits_that_the_kind_cannot_keep_are_refused(traits: Any, path: tuple[str | int, ...], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Harbour.Spec.model_validate({"traits": traits})
    assert list(mistakes(caught.value, Harbour.Spec)) == [(path, message)]


def test_a_kind_costs_nothing_and_warns_of_nothing_unless_it_says_so() -> None:
    assert ClusterSpec().bill() == ()
    assert ClusterSpec().cautions() == ()
    assert ClusterSpec().ports() == ()
