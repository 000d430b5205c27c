"""What a model answers is what its file says, not what somebody wrote down."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from .cluster import Cluster, Object, infer, request
from .machine import ROOT, slipway, well

pytestmark = pytest.mark.e2e

ARTEFACTS = ROOT / "model_stacks" / "artefacts"
FLOWERS = ([5.1, 3.5, 1.4, 0.2], [5.9, 2.8, 4.5, 1.3], [6.5, 3.0, 5.8, 2.2], [4.9, 2.5, 4.5, 1.7])
WINES = (
    [14.23, 1.71, 2.43, 15.6, 127.0, 2.8, 3.06, 0.28, 2.29, 5.64, 1.04, 3.92, 1065.0],
    [12.37, 0.94, 1.36, 10.6, 88.0, 1.98, 0.57, 0.28, 0.42, 1.95, 1.05, 1.82, 520.0],
    [12.86, 1.35, 2.32, 18.0, 122.0, 1.51, 1.25, 0.21, 0.94, 4.1, 0.76, 1.29, 630.0],
)
IRIS_BY_ITSELF = """
import base64, io, json, sys, joblib
file, rows = json.load(sys.stdin)
print(json.dumps(joblib.load(io.BytesIO(base64.b64decode(file))).predict(rows).tolist()))
"""
WINE_BY_ITSELF = """
import base64, json, sys, lightgbm
file, rows = json.load(sys.stdin)
model = lightgbm.Booster(model_str=base64.b64decode(file).decode())
print(json.dumps(model.predict(rows).ravel().tolist()))
"""


def test_iris_answers_as_its_file_does(cluster: Cluster) -> None:
    expected = by_itself(cluster, "iris", IRIS_BY_ITSELF, "iris.joblib", FLOWERS)
    assert len(set(expected)) == 3
    assert _asked("iris", request("measurements", *FLOWERS)) == expected


def test_wine_answers_as_its_file_does(cluster: Cluster) -> None:
    expected = by_itself(cluster, "wine", WINE_BY_ITSELF, "wine.txt", WINES)
    found = _asked("wine", request("analysis", *WINES))
    assert found == pytest.approx(expected)
    likeliest = [max(range(3), key=found[start : start + 3].__getitem__) for start in (0, 3, 6)]
    assert likeliest == [0, 1, 2]


def test_the_host_reaches_a_model_by_its_cluster_ip(cluster: Cluster) -> None:
    def answers(*flowers: list[float]) -> list[Any]:
        return list(infer(address, "iris", request("measurements", *flowers))["outputs"][0]["data"])

    address = cluster.address("iris")
    assert [species for flower in FLOWERS for species in answers(flower)] == answers(*FLOWERS)


def test_a_request_may_be_a_file_and_by_default_is_the_sample(cluster: Cluster, tmp_path: Path) -> None:
    sample = well("predict", "iris", "--env", "sandbox")
    (tmp_path / "request.json").write_text(json.dumps(request("measurements", FLOWERS[0])))
    given = well("predict", "iris", "--env", "sandbox", "--data", f"@{tmp_path / 'request.json'}")
    assert json.loads(sample.out)["outputs"] == json.loads(given.out)["outputs"]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (json.dumps(request("measurements", [1.0, 2.0])), 1, "answered 500"),
        ("{", 2, "not JSON"),
        ("@/nowhere/request.json", 2, "/nowhere/request.json"),
        ("[]", 1, "422"),
    ],
)
def test_a_request_that_the_model_does_not_understand(cluster: Cluster, data: str, code: int, words: str) -> None:
    done = slipway("predict", "iris", "--env", "sandbox", "--data", data)
    assert done.code == code
    assert words in done.err
    assert "Traceback" not in done.all


def _asked(model: str, body: Object) -> list[Any]:
    done = well("predict", model, "--env", "sandbox", "--data", json.dumps(body))
    answer = json.loads(done.out)
    assert answer["model_name"] == model
    return list(answer["outputs"][0]["data"])


def by_itself(cluster: Cluster, stack: str, program: str, artefact: str, rows: tuple[list[float], ...]) -> list[float]:
    """What the project's own file answers where it is loaded without any server."""
    file = base64.b64encode((ARTEFACTS / artefact).read_bytes()).decode()
    found: list[float] = json.loads(cluster.python(stack, program, stdin=json.dumps([file, rows])))
    return found
