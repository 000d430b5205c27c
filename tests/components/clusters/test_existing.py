import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.clusters.existing import Existing
from components.errors import Mistake
from components.mistakes import mistakes
from infra import settings
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


PAGE = Path(__file__).parents[3] / "docs" / "clusters" / "existing.md"
OPENSHIFT, IBM = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
RESTRICTED_V2 = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected"}
"""The volumes of OpenShift's constraint that a model may want."""


def example(folder: Path, text: str) -> settings.Target:
    """An environment as the page shows it."""
    (folder / "Pulumi.lab.yaml").write_text(text)
    return settings.from_file("lab", folder)


def pods(target: settings.Target) -> list[dict[str, Any]]:
    objects = (each for unit in target.units() for each in unit.objects)
    return [each["spec"]["template"]["spec"] for each in objects if each["kind"] == "Deployment"]


@pytest.mark.parametrize("text", [OPENSHIFT, IBM])
def test_every_example_of_the_page_is_right(tmp_path: Path, text: str) -> None:
    target = example(tmp_path, text)
    assert target.cluster.kind is Existing
    assert [stack.name for stack in target.environment.stacks] == ["iris", "wine"]


def test_on_openshift_pods_keep_restricted_v2_and_choose_no_user_id(tmp_path: Path) -> None:
    found = pods(example(tmp_path, OPENSHIFT))
    assert len(found) == 2
    for pod in found:
        assert not {"runAsUser", "runAsGroup", "fsGroup", "seLinuxOptions"} & pod["securityContext"].keys()
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert {key for volume in pod["volumes"] for key in volume} - {"name"} <= RESTRICTED_V2
        for container in pod["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert "runAsUser" not in container["securityContext"]


def test_elsewhere_pods_choose_a_user_other_than_root(tmp_path: Path) -> None:
    for pod in pods(example(tmp_path, IBM)):
        assert pod["securityContext"]["runAsUser"] > 0


def test_an_identity_that_nobody_gives_cannot_be_promised() -> None:
    with pytest.raises(ValidationError, match=r"such a cluster gives pods no identity for s3\. Leave it out"):
        Existing.Spec.model_validate({"kubeconfig": "~/x", "traits": {"store_schemes": ["s3"]}})
