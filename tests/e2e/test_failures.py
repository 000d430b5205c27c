"""A model that cannot start is told in the pod's own words, and costs nobody who served."""

from pathlib import Path
from typing import Any

import pytest

from .cluster import Cluster, infer
from .load import Trickle
from .machine import Done
from .project import Project
from .test_changes import ONE, SETOSA

pytestmark = pytest.mark.e2e

NO_IMAGE = "registry.invalid/no-such-server:1.0"


@pytest.mark.soak
def test_an_image_that_is_nowhere(cluster: Cluster, project: Project) -> None:
    project.up(ONE)
    failed = project.tried(_flower(image=NO_IMAGE))
    _is_told(failed, "models/flower cannot start", "ImagePull", NO_IMAGE)
    _serves(cluster)


@pytest.mark.soak
def test_a_canary_that_its_server_cannot_load_gets_no_request(
    cluster: Cluster, project: Project, tmp_path: Path
) -> None:
    project.up(ONE)
    (tmp_path / "iris.joblib").write_bytes(b"this is no model")
    artefact = {"path": str(tmp_path / "iris.joblib"), "sha256": None}
    canary = {"weight": 50, "candidate": {"models": {"iris": {"artefact": artefact}}}}
    with Trickle(cluster.address("flower"), callers=2, pause=0.02) as trickle:
        failed = project.tried(_flower(replicas=2, traffic={"canary": canary}))
        project.up(ONE)
    _is_told(failed, "models/flower-candidate cannot start", "container server ended", "Error")
    assert trickle.lost == []
    assert set(trickle.answers) == {0}
    _serves(cluster)


def _flower(**choices: Any) -> dict[str, Any]:
    return {"iris": {**ONE["iris"], **choices}}


def _is_told(failed: Done, *words: str) -> None:
    assert failed.code == 1, failed.all
    assert "Traceback" not in failed.all
    for word in words:
        assert word in failed.err, failed.err


def _serves(cluster: Cluster) -> None:
    for stack in ("flower", "iris"):
        assert infer(cluster.address(stack), "iris", SETOSA)["outputs"][0]["data"] == [0]
