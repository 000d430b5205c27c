"""An environment of its own on a cluster that exists: killed, made good, destroyed; its state tells no secret."""

import re
import shutil
import time
from collections.abc import Iterator, Set
from pathlib import Path

import pytest

import sandbox
from sandbox import paths
from tests.e2e.cluster import Cluster, infer, label
from tests.e2e.load import Trickle
from tests.e2e.machine import slipway, start, well
from tests.e2e.test_changes import SETOSA
from tests.e2e.test_failures import NO_IMAGE

from .engine import Project, Stack, environ, secrets

pytestmark = pytest.mark.engine

NAME = "engine-test"
PASSPHRASE = "only for this test"
ENVIRON = environ() | {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
MODELS = {"iris": {"name": "flower"}}
POINTS = ("creating", "created")
"""What Pulumi's output says of a first resource of the cluster: the moments at which SIGKILL comes."""


@pytest.fixture
def project(cluster: Cluster, tmp_path: Path) -> Iterator[Project]:
    """Its kubeconfig is given by its contents, encrypted, as a team shares it. The sandbox's own models make room."""
    well(*Project(tmp_path / "bare", "sandbox", str(sandbox.kubeconfig())).command("up"), env=environ())
    _forget()
    own = Project(tmp_path / "own", NAME, "to come", models=MODELS)
    own.encrypt(sandbox.kubeconfig().read_text(), PASSPHRASE)
    yield own
    _forget()


def test_killed_made_good_and_destroyed(cluster: Cluster, project: Project) -> None:
    before, stack = cluster.everything().keys(), Stack(NAME, paths.state(), PASSPHRASE)
    for point in POINTS:
        _killed(project, point)
    done = well(*project.command("up"), env=ENVIRON)
    assert done.out.count("Asked iris") == 1
    assert infer(cluster.address("flower"), "iris", SETOSA)["outputs"][0]["data"] == [0]
    assert {label(each) for each in stack.inputs()} == _made(cluster, before)
    well(*project.command("up"), env=ENVIRON)  # the engine may no longer adopt objects: a change of its provider
    assert "no changes" in well(*project.command("up"), env=ENVIRON).err
    preview = stack.pulumi("preview", "--diff", "--show-config", "--stack", NAME)
    assert preview.returncode == 0, preview.stderr
    assert not [secret for secret in secrets() if secret in stack.state(history=True)]
    assert not [secret for secret in secrets() if secret in preview.stdout]
    assert "ciphertext" in stack.state(history=False)
    well(*project.command("down"), env=ENVIRON)
    assert cluster.everything().keys() == before
    assert not (paths.state() / "kubeconfigs" / NAME).exists()
    assert f"{NAME}.json" not in {path.name for path in (paths.state() / "pulumi" / "state").rglob("stacks/*/*")}


def test_what_cannot_start_is_told_within_a_minute_and_a_damaged_state_is_mended(
    cluster: Cluster, project: Project, tmp_path: Path
) -> None:
    kubeconfig = shutil.copy(sandbox.kubeconfig(), tmp_path)
    plain = Project(tmp_path / "plain", NAME, str(kubeconfig), models=MODELS)
    well(*plain.command("up"), env=ENVIRON)
    with Trickle(cluster.address("flower")) as trickle:
        plain.choose(models={"iris": {"name": "flower", "image": NO_IMAGE}})
        for _ in range(2):
            began = time.monotonic()
            failed = slipway(*plain.command("up"), env=ENVIRON)
            assert failed.code == 1
            assert "models/flower cannot start: pod flower-" in failed.err
            assert NO_IMAGE in failed.err
            assert time.monotonic() - began < 60
        plain.choose(models=MODELS)
        (state,) = (paths.state() / "pulumi" / "state").rglob(f"stacks/*/{NAME}.json")
        state.write_bytes(state.read_bytes()[:2000])
        well(*plain.command("up"), env=ENVIRON)
        well(*plain.command("up"), env=ENVIRON)  # as above
        assert "no changes" in well(*plain.command("up"), env=ENVIRON).err
    assert trickle.lost == []
    well(*plain.command("down"), env=ENVIRON)


def _killed(project: Project, point: str) -> None:
    """An `up` that SIGKILL hits when Pulumi says `point` of an object of the cluster."""
    known = set(paths.logs().glob("*.log"))
    with start(*project.command("up"), env=ENVIRON) as process:
        deadline = time.monotonic() + 120
        while not any(_says(path, point) for path in set(paths.logs().glob("*.log")) - known):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
        process.communicate()
    assert process.returncode == -9


def _says(log: Path, point: str) -> bool:
    return bool(re.search(rf"kubernetes:(?!provider)\S+ .* {point}", log.read_text(errors="replace")))


def _made(cluster: Cluster, before: Set[str]) -> set[str]:
    """What is there now and was not, but for what Kubernetes puts into each namespace."""
    made = cluster.everything().keys() - before
    return {name for name in made if name.rpartition("/")[2] not in {"default", "kube-root-ca.crt"}}


def _forget() -> None:
    """Drop the stack of a test that failed or was killed; its objects go with the cluster."""
    workspace = paths.state() / "pulumi" / NAME
    if workspace.exists():
        Stack(NAME, paths.state(), PASSPHRASE).pulumi("stack", "rm", "--force", "--yes", "--stack", NAME)
        shutil.rmtree(workspace)
