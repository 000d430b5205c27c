"""A candidate gets its share of the requests, and none is lost while it comes, takes over, and goes."""

import base64
from typing import Any

import pytest
from scipy.stats import binom  # type: ignore[import-untyped]

from .cluster import Cluster
from .load import Trickle
from .project import Models, Project
from .test_changes import FLOWER, ONE

pytestmark = pytest.mark.e2e

SEVEN_AFTER_A_NAP = """
import base64, io, operator, time
import joblib, numpy, sklearn.dummy

class Nap:
    def __reduce__(self):
        return time.sleep, (5,)

class Late:
    def __reduce__(self):
        return operator.getitem, ((Nap(), model), 1)

model = sklearn.dummy.DummyClassifier(strategy="constant", constant=7).fit(numpy.zeros((1, 4)), [7])
file = io.BytesIO()
joblib.dump(Late(), file)
print(base64.b64encode(file.getvalue()).decode())
"""
"""A model that says 7 whatever it is asked, and takes its time to load."""
SAMPLES = 3
"""A right share leaves its 99 % interval once in a hundred samples, and three times in a row once in a million."""


@pytest.fixture(scope="module")
def seven(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Models:
    """What the candidate serves instead."""
    file = tmp_path_factory.mktemp("models") / "seven.joblib"
    file.write_bytes(base64.b64decode(cluster.python("iris", SEVEN_AFTER_A_NAP)))
    return {"models": {"iris": {"artefact": {"path": str(file), "sha256": None}}}}


def test_two_colours_change_places_and_a_canary_gets_its_share(
    cluster: Cluster, project: Project, seven: Models
) -> None:
    project.up(ONE)
    with Trickle(address := cluster.address("flower"), callers=2, pause=0.02) as trickle:
        project.up(_with("blue_green", seven, live="candidate"))
        trickle.agree(7)
        project.up(_with("blue_green", seven))
        trickle.agree(0)
        project.up(_with("canary", seven, replicas=2, weight=50))
        assert any(_is_fair(address, 200, 50) for _ in range(SAMPLES))
        project.up(ONE)
        trickle.agree(0)
    assert trickle.lost == []
    assert len(trickle.answers) > 1000
    assert cluster.tried("get", "deployment", "flower-candidate", "-n", "models").returncode


@pytest.mark.soak
def test_ten_thousand_requests_from_a_first_share_to_promotion(
    cluster: Cluster, project: Project, seven: Models
) -> None:
    steps, four = [25, 50], {"replicas": 4, "resources": {"cpu": "50m", "memory": "320Mi"}}
    project.up({"iris": {**FLOWER, **four}})
    with Trickle(address := cluster.address("flower"), callers=4, pause=0.01) as trickle:
        for number, share in enumerate(steps, start=1):
            shared = _with("canary", seven, steps=steps, step=number)["iris"] | four
            project.up({"iris": shared})
            assert any(_is_fair(address, 2000, share) for _ in range(SAMPLES))
        project.up({"iris": {**shared, **seven}})
        project.up({"iris": {**FLOWER, **seven, **four}})
        trickle.agree(7)
        trickle.until(10_000)
    assert trickle.lost == []


def _with(way: str, candidate: Models, replicas: int = 1, **choices: Any) -> Models:
    return {"iris": {**FLOWER, "replicas": replicas, "traffic": {way: {**choices, "candidate": candidate}}}}


def _is_fair(address: str, count: int, percent: int) -> bool:
    """Whether the candidate's answers among `count` are within the interval that its share has in 99 of 100 samples."""
    with Trickle(address, callers=4, pause=0.001) as sample:
        sample.until(count)
    answered = sample.answers.count(7)
    low, high = binom.interval(0.99, len(sample.answers), percent / 100)
    return bool(low <= answered <= high)
