import re
from typing import Any

import pytest

from components.context import Context
from components.delivery import CLUSTER_WIDE, Delivery, application_set, project
from components.unit import identity
from tests.components.addons.choices import KEYS, PROFILES, units

DELIVERY = Delivery(repository="https://git.example.com/platform.git", path="live/prod", revision="v1")


@pytest.fixture
def spec() -> dict[str, Any]:
    return dict(application_set(DELIVERY, production=True)["spec"])


def test_each_folder_that_render_writes_is_an_application(spec: dict[str, Any]) -> None:
    (generator,) = spec["generators"]
    assert generator["git"] == {
        "repoURL": "https://git.example.com/platform.git",
        "revision": "v1",
        "directories": [{"path": "live/prod/[0-9][0-9]-*"}],
    }
    source = spec["template"]["spec"]["source"]
    assert source == {"repoURL": DELIVERY.repository, "targetRevision": "v1", "path": "{{ .path.path }}"}


def test_the_waves_go_one_after_the_other_and_back_in_reverse(spec: dict[str, Any]) -> None:
    assert spec["template"]["metadata"]["labels"] == {"slipway/wave": "{{ substr 0 2 .path.basename }}"}
    strategy = spec["strategy"]
    assert (strategy["type"], strategy["deletionOrder"]) == ("RollingSync", "Reverse")
    steps = [step["matchExpressions"] for step in strategy["rollingSync"]["steps"]]
    assert {match["key"] for (match,) in steps} == {"slipway/wave"}
    assert [match["values"] for (match,) in steps[:3]] == [["00"], ["01"], ["02"]]
    (last,) = steps[-1]
    assert last["operator"] == "NotIn"
    assert last["values"] == [match["values"][0] for (match,) in steps[:-1]]


def test_an_application_keeps_its_name_when_its_wave_changes(spec: dict[str, Any]) -> None:
    assert '"^[0-9]+-"' in spec["template"]["metadata"]["name"]
    assert {re.sub("^[0-9]+-", "", folder) for folder in ("01-iris", "02-iris")} == {"iris"}


def test_in_production_a_wrong_path_empties_no_cluster(spec: dict[str, Any]) -> None:
    assert spec["syncPolicy"] == {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True}
    assert application_set(DELIVERY, production=False)["spec"]["syncPolicy"] == {"applicationsSync": "sync"}


def test_its_project_knows_this_repository_only() -> None:
    allowed = project(DELIVERY)["spec"]
    assert allowed["sourceRepos"] == [DELIVERY.repository]
    assert {"group": "*", "kind": "*"} not in allowed["clusterResourceWhitelist"]
    assert project(None)["spec"]["sourceRepos"] == []


@pytest.mark.parametrize("key", KEYS)
def test_its_project_lets_every_add_on_be_applied(key: str) -> None:
    for unit in (unit for profile in PROFILES for unit in units(key, profile)):
        for manifest in unit.objects:
            group = manifest["apiVersion"].rpartition("/")[0]
            wide = "namespace" not in manifest["metadata"]
            assert not wide or manifest["kind"] in CLUSTER_WIDE.get(group, ()), identity(manifest)


def test_namespaces_are_let_too() -> None:
    assert Context().models.manifest()["kind"] in CLUSTER_WIDE[""]
