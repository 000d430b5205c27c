"""Two environments on one cluster: each removes what is its own, and not what they share."""

import pytest

from .cluster import Cluster, infer
from .project import Project
from .test_changes import ONE, SETOSA

pytestmark = pytest.mark.e2e


def test_down_of_one_environment_leaves_the_other(cluster: Cluster, project: Project) -> None:
    if "Deployment models/flower" not in cluster.everything():
        project.up(ONE)
    everything = cluster.everything()
    own = {name for name in everything if "/flower" in name} | {"ConfigMap default/slipway-e2e"}
    project.down()
    after = cluster.everything()
    assert everything.keys() - after.keys() == own
    assert after.keys() <= everything.keys()
    assert "Namespace /models" in after
    assert infer(cluster.address("iris"), "iris", SETOSA)["outputs"][0]["data"] == [0]
