"""What an environment no longer has goes, and only that; a run that was killed forgets nothing."""

from typing import Any

import pytest

from .cluster import Cluster, request
from .project import Project

pytestmark = pytest.mark.e2e

SETOSA = request("measurements", [5.1, 3.5, 1.4, 0.2])
FLOWER = {"name": "flower"}
VINTAGE = {"name": "vintage", "replicas": 2}
BOTH: dict[str, Any] = {"iris": FLOWER, "wine": VINTAGE}
ONE: dict[str, Any] = {"iris": FLOWER}


@pytest.mark.soak
def test_a_run_that_was_killed_before_it_applied_is_made_good(cluster: Cluster, project: Project) -> None:
    project.killed(BOTH, at="apply")
    assert "slipway-e2e" in {each["metadata"]["name"] for each in cluster.list("configmaps")}
    assert not _of(cluster, "vintage")
    project.up(BOTH)
    kinds = {"ConfigMap", "Deployment", "NetworkPolicy", "Service", "ServiceAccount"}
    assert _kinds(cluster, "flower") == kinds
    assert _kinds(cluster, "vintage") == kinds | {"PodDisruptionBudget"}


def test_a_removed_model_goes_with_all_its_objects_and_nothing_else(cluster: Cluster, project: Project) -> None:
    project.up(BOTH)
    before, doomed = cluster.everything(), _of(cluster, "vintage")
    project.killed(ONE, at="delete", kind="Service")
    assert _of(cluster, "vintage") == doomed
    project.up(ONE)
    after = cluster.everything()
    assert before.keys() - after.keys() == doomed
    assert not after.keys() - before.keys()
    assert {name: each["metadata"]["uid"] for name, each in after.items()} == {
        name: each["metadata"]["uid"] for name, each in before.items() if name not in doomed
    }


def _of(cluster: Cluster, stack: str) -> set[str]:
    """The lasting objects of a stack."""
    labels = {name: each["metadata"].get("labels", {}) for name, each in cluster.everything().items()}
    return {name for name, found in labels.items() if found.get("app.kubernetes.io/name") == stack}


def _kinds(cluster: Cluster, stack: str) -> set[str]:
    return {name.split()[0] for name in _of(cluster, stack)}
