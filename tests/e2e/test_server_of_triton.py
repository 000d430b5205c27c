"""Triton's real server: the repository that is laid out for it, an ensemble, and what nobody may call."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.runtimes.triton import Triton
from sandbox import registry

from .cluster import Cluster

pytestmark = pytest.mark.e2e

IMAGE = "localhost/slipway/tritonserver-python:2.51.0"
READY_SECONDS = 120
DOUBLE = """
import triton_python_backend_utils as triton


class TritonPythonModel:
    def execute(self, requests):
        return [triton.InferenceResponse([triton.Tensor("y", 2 * self._x(request))]) for request in requests]

    def _x(self, request):
        return triton.get_input_tensor_by_name(request, "x").as_numpy()
"""
ROW = {"datatype": "FP32", "shape": [2]}
MODEL = {
    "format": "python",
    "max_batch_size": 8,
    "inputs": {"x": ROW},
    "outputs": {"y": ROW},
    "instances": [{"count": 2, "kind": "cpu"}],
    "dynamic_batching": {"max_queue_delay_microseconds": 100},
}
STEPS = [
    {"model": "double", "inputs": {"x": "once"}, "outputs": {"y": "twice"}},
    {"model": "double", "inputs": {"x": "twice"}, "outputs": {"y": "four-times"}},
]


@pytest.fixture(scope="module")
def address(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The ClusterIP of a server with one model and one ensemble."""
    folder = tmp_path_factory.mktemp("models")
    with (folder / "log").open("w") as log:
        registry.load(IMAGE).run(log)
    with cluster.serving(_stack(folder), READY_SECONDS) as address:
        yield address


def _stack(folder: Path) -> Triton:
    (folder / "model.py").write_text(DOUBLE)
    quadruple = {"inputs": {"once": ROW}, "outputs": {"four-times": ROW}, "steps": STEPS, "max_batch_size": 8}
    return Triton.model_validate(
        {
            "name": "tensors",
            "owner": "tests",
            "image": IMAGE,
            "models": {"double": {**MODEL, "artefact": {"path": folder / "model.py"}}},
            "ensembles": {"quadruple": quadruple},
            "resources": {"cpu": "100m", "memory": "512Mi"},
        }
    )


@pytest.mark.parametrize(
    ("model", "tensor", "expected"),
    [("double", "x", [2.0, -3.0, 0.5, 0.0]), ("quadruple", "once", [4.0, -6.0, 1.0, 0.0])],
)
def test_a_model_and_an_ensemble_compute(address: str, model: str, tensor: str, expected: list[float]) -> None:
    given = {"name": tensor, "shape": [2, 2], "datatype": "FP32", "data": [1.0, -1.5, 0.25, 0.0]}
    status, answer = _asked(address, f"/v2/models/{model}/infer", {"inputs": [given]})
    assert status == 200, answer
    assert answer["outputs"][0]["data"] == expected


def test_the_server_runs_what_the_configuration_says(address: str) -> None:
    _, config = _asked(address, "/v2/models/double/config")
    assert config["max_batch_size"] == 8
    assert [(each["count"], each["kind"]) for each in config["instance_group"]] == [(2, "KIND_CPU")]
    assert config["dynamic_batching"]["max_queue_delay_microseconds"] == 100


@pytest.mark.parametrize("path", ["/v2/repository/models/double/unload", "/v2/repository/index", "/v2/logging"])
def test_nobody_may_unload_a_model_or_change_the_server(address: str, path: str) -> None:
    status, answer = _asked(address, path, {})
    assert status == 403, answer


def test_its_metrics_are_those_that_dashboards_ask_for(address: str) -> None:
    with closing(http.client.HTTPConnection(address, 8002, timeout=10)) as connection:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    for metric in ("request_success", "request_failure", "request_duration_us", "pending_request_count"):
        assert f'nv_inference_{metric}{{model="double"' in text


def _asked(address: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status and JSON of a POST of `body`, or of a GET where there is none."""
    connection = http.client.HTTPConnection(address, 80, timeout=10)
    try:
        text = None if body is None else json.dumps(body)
        connection.request("GET" if body is None else "POST", path, text, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "null")
    finally:
        connection.close()
