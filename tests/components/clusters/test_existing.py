from pathlib import Path

import pulumi
import pytest
from pydantic import ValidationError

from components.clusters.existing import Existing
from components.errors import Mistake
from components.mistakes import mistakes
from tests.components.deployed import KUBECONFIG, Resource, deploy, revealed


def provider(spec: Existing.Spec) -> Resource:
    return deploy(lambda: Existing("lab", spec)).one("pulumi:providers:kubernetes")


def test_a_path_stays_a_path_so_that_credentials_stay_out_of_the_state() -> None:
    assert revealed(provider(Existing.Spec(kubeconfig="/etc/kube/config")).inputs["kubeconfig"]) == "/etc/kube/config"


def test_the_home_folder_is_that_of_the_user() -> None:
    given = provider(Existing.Spec(kubeconfig="~/.kube/config")).inputs["kubeconfig"]
    assert revealed(given) == str(Path.home() / ".kube" / "config")


def test_contents_are_taken_as_they_are() -> None:
    assert revealed(provider(Existing.Spec(kubeconfig=KUBECONFIG)).inputs["kubeconfig"]) == KUBECONFIG


def test_an_output_of_another_program_is_waited_for() -> None:
    def program() -> None:
        class Eks(pulumi.CustomResource):
            kubeconfig: pulumi.Output[str]

            def __init__(self) -> None:
                super().__init__("eks:index:Cluster", "eks", {"kubeconfig": KUBECONFIG})

        Existing("lab", Existing.Spec(kubeconfig=Eks().kubeconfig))

    deployed = deploy(program)
    found = deployed.one("pulumi:providers:kubernetes")
    assert revealed(found.inputs["kubeconfig"]) == KUBECONFIG
    assert list(found.request.dependencies) == [deployed.named("eks").urn]


@pytest.mark.parametrize("context", ["blue", None])
def test_the_context_is_the_chosen_one_or_that_of_the_file(context: str | None) -> None:
    assert provider(Existing.Spec(kubeconfig="~/x", context=context)).inputs.get("context") == context


@pytest.mark.parametrize(
    ("kubeconfig", "known"),
    [("/etc/kube/config", "/etc/kube/config"), (KUBECONFIG, KUBECONFIG), ("~", str(Path.home()))],
)
def test_a_kubeconfig_in_the_environment_is_known_beforehand(kubeconfig: str, known: str) -> None:
    assert Existing.Spec(kubeconfig=kubeconfig).known_kubeconfig() == known


def test_a_kubeconfig_of_another_program_is_not_known_beforehand() -> None:
    found: list[str | None] = []
    deploy(lambda: found.append(Existing.Spec(kubeconfig=pulumi.Output.from_input("x")).known_kubeconfig()))
    assert found == [None]


@pytest.mark.parametrize("wrong", [5, None, ["~/x"], {"path": "~/x"}])
def test_what_is_neither_path_nor_contents_is_refused_in_one_sentence(wrong: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Existing.Spec.model_validate({"kubeconfig": wrong})
    (mistake,) = mistakes(caught.value, Existing.Spec)
    assert mistake.path == ("kubeconfig",)
    assert "must be the path of a kubeconfig, or its contents" in mistake.message


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_path_is_not_the_folder_one_stands_in(empty: str) -> None:
    with pytest.raises(ValidationError, match="must be the path of a kubeconfig, or its contents"):
        Existing.Spec(kubeconfig=empty)


def test_the_file_is_asked_for() -> None:
    with pytest.raises(ValidationError) as caught:
        Existing.Spec.model_validate({})
    assert list(mistakes(caught.value, Existing.Spec)) == [Mistake(("kubeconfig",), "is required. Add it")]


def test_its_shape_can_be_said_as_json_schema() -> None:
    assert Existing.Spec.model_json_schema()["properties"]["kubeconfig"]["type"] == "string"
