"""The sandbox's environment by Pulumi is what it is without."""

import json
from pathlib import Path

import pytest

from components import render
from infra import settings
from tests.e2e.cluster import Cluster, Object, label, request
from tests.e2e.machine import ROOT, well

from .engine import Project, environ, on_sandbox, program, secrets

pytestmark = pytest.mark.engine

POLICY = ROOT / "infra" / "policy"
PRIVILEGED = """
import pulumi_kubernetes as k8s

container = {"name": "a", "image": "registry.k8s.io/pause:3.10", "security_context": {"privileged": True}}
k8s.core.v1.Pod("worse", metadata={"name": "worse", "namespace": "models"}, spec={"containers": [container]})
"""


def test_the_cluster_has_what_is_rendered(cluster: Cluster, tmp_path: Path) -> None:
    well("render", "--env", "sandbox", "--out", str(tmp_path / "out"))
    options = ("--server-side", "--force-conflicts", "--recursive", "-f", str(tmp_path / "out"))
    done = cluster.tried("diff", *options)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_program_gives_what_is_rendered(cluster: Cluster) -> None:
    units = settings.from_file("sandbox", ROOT).units()
    wanted = {label(each): each for _, objects in render.folders(units) for each in objects}
    assert {label(each): each for each in on_sandbox().inputs()} == wanted


def test_a_second_up_has_no_changes(cluster: Cluster) -> None:
    before = {name: each["metadata"]["resourceVersion"] for name, each in _stable(cluster).items()}
    done = well("up", "--env", "sandbox", env=environ())
    assert "no changes" in done.err
    assert done.out.count("Asked iris") == 1
    assert {name: each["metadata"]["resourceVersion"] for name, each in _stable(cluster).items()} == before


def test_nothing_that_pulumi_keeps_tells_a_secret(cluster: Cluster) -> None:
    preview = on_sandbox().pulumi("preview", "--diff", "--show-config", "--stack", "sandbox")
    assert preview.returncode == 0, preview.stderr
    kept = on_sandbox().state(history=True) + preview.stdout
    assert not [secret for secret in secrets() if secret in kept]


def test_a_prediction_does_not_ask_who_made_the_model(cluster: Cluster) -> None:
    asked = json.dumps(request("measurements", [6.5, 3.0, 5.8, 2.2]))
    done = well("predict", "iris", "--env", "sandbox", "--data", asked, env=environ())
    assert json.loads(done.out)["outputs"][0]["data"] == [2]


@pytest.mark.skipif(not (POLICY / ".venv").exists(), reason="infra/policy/.venv is not made from its requirements.txt")
def test_the_policy_pack_lets_the_environment_pass_and_stops_a_worse_program(cluster: Cluster, tmp_path: Path) -> None:
    passed = on_sandbox().pulumi("preview", "--policy-pack", str(POLICY), "--stack", "sandbox")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "slipway@" in passed.stdout
    refused = program(tmp_path, PRIVILEGED).pulumi("preview", "--policy-pack", str(POLICY), "--stack", "worse")
    assert refused.returncode
    assert "privileged" in refused.stdout


def test_what_the_environment_no_longer_has_goes(cluster: Cluster, tmp_path: Path) -> None:
    own = [label(each) for each in on_sandbox().inputs()]
    config = settings.from_file("sandbox", ROOT).cluster.spec.known_kubeconfig()
    project = Project(tmp_path / "less", "sandbox", str(config))
    done = well(*project.command("up"), env=environ())
    assert "deleted" in done.err
    assert own
    assert not cluster.everything().keys() & set(own)


def _stable(cluster: Cluster) -> dict[str, Object]:
    return {name: each for name, each in cluster.everything().items() if "status" not in each}
