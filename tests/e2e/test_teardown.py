"""Back to nothing."""

import pytest

from .machine import slipway, traces, well

pytestmark = pytest.mark.e2e


def test_down_leaves_nothing(empty_machine: dict[str, list[str]]) -> None:
    well("up", "--env", "sandbox")
    there = traces()
    assert {name for name in there if there[name] != empty_machine[name]} >= {
        "addresses",
        "cgroups",
        "folders",
        "kernel",
        "links",
        "mounts",
        "processes",
        "routes",
        "state",
    }
    well("down", "--env", "sandbox")
    after = traces()
    for name, found in after.items():
        assert found == empty_machine[name], name


def test_down_where_nothing_is_and_questions_without_a_cluster(empty_machine: dict[str, list[str]]) -> None:
    well("down", "--env", "sandbox")
    for command in (("status",), ("predict", "iris")):
        done = slipway(*command, "--env", "sandbox")
        assert done.code == 1
        assert "Traceback" not in done.all
    assert traces() == empty_machine
