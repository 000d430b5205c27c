"""A model that has changed is rolled out while it serves."""

import base64
import time
from pathlib import Path

import pytest

from .cluster import Cluster, label
from .load import Trickle
from .project import Project
from .test_changes import FLOWER, ONE

pytestmark = pytest.mark.e2e

ALWAYS_SEVEN = """
import base64, io, joblib, numpy, sklearn.dummy
model = sklearn.dummy.DummyClassifier(strategy="constant", constant=7).fit(numpy.zeros((1, 4)), [7])
file = io.BytesIO()
joblib.dump(model, file)
print(base64.b64encode(file.getvalue()).decode())
"""


def test_a_changed_model_rolls_out_without_losing_a_request(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    project.up(ONE)
    old = _config_maps(cluster)
    (tmp_path / "seven.joblib").write_bytes(base64.b64decode(cluster.python("flower", ALWAYS_SEVEN)))
    artefact = {"path": str(tmp_path / "seven.joblib"), "sha256": None}
    with Trickle(cluster.address("flower"), callers=2, pause=0.02) as trickle:
        project.up({"iris": {**FLOWER, "models": {"iris": {"artefact": artefact}}}})
        time.sleep(8)  # an old pod drains for 5 s after the new ones serve
        trickle.until(1000)
    assert trickle.lost == []
    assert set(trickle.answers) == {0, 7}
    assert trickle.answers[-1] == 7
    new = _config_maps(cluster)
    assert len(new) == 1
    assert not new & old


def _config_maps(cluster: Cluster) -> set[str]:
    return {label(each) for each in cluster.list("configmaps", "-l", "app.kubernetes.io/name=flower")}
