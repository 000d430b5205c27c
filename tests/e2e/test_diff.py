"""What `diff` says is what `up` then does, and saying it changes nothing."""

import json

import pytest

from .cluster import Cluster
from .machine import slipway
from .project import Project
from .test_changes import BOTH, FLOWER, ONE

pytestmark = pytest.mark.e2e


def test_what_is_up_has_no_changes(cluster: Cluster) -> None:
    done = slipway("diff", "--env", "sandbox")
    assert (done.code, done.out) == (0, "no changes\n"), done.all


def test_each_change_is_told_and_none_is_made(cluster: Cluster, project: Project) -> None:
    if "Deployment models/flower" not in cluster.everything():
        project.up(ONE)
    before = cluster.everything()
    bigger = project.diff({"iris": {**FLOWER, "resources": {"memory": "640Mi"}}})
    both, none = project.diff(BOTH), project.diff({})
    assert cluster.everything().keys() == before.keys()
    assert [done.code for done in (bigger, both, none)] == [1, 1, 1]
    (change,) = json.loads(bigger.out)
    assert (change["action"], change["kind"], change["name"]) == ("change", "Deployment", "models/flower")
    assert {"-            memory: 512Mi", "+            memory: 640Mi"} < set(change["diff"].splitlines())
    assert {(each["action"], each["name"].split("-")[0]) for each in json.loads(both.out)} == {
        ("create", "models/vintage")
    }
    assert {(each["action"], each["name"].split("-")[0]) for each in json.loads(none.out)} == {
        ("delete", "models/flower")
    }
