"""Models of every format that the sandbox's image holds, in one server: it answers what each library itself says."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris, load_wine

from components.runtimes.mlserver import VERSION, MLServer
from sandbox import registry

from .cluster import Cluster, infer, request

pytestmark = pytest.mark.e2e

ARTEFACTS = Path(__file__).parents[2] / "model_stacks" / "artefacts"
READY_SECONDS = 180
TIMES = """
import numpy as np
from mlserver import MLModel
from mlserver.codecs import decode_args


class Times(MLModel):
    async def load(self) -> bool:
        self.factor = self.settings.parameters.extra["factor"]
        return True

    @decode_args
    async def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.factor * rows
"""
LIBRARIES = """
import json, sys
import joblib, lightgbm, mlflow.pyfunc, numpy as np, xgboost

def said(folder, rows):
    if folder == "boosted":
        return xgboost.Booster(model_file="/mnt/models/boosted/wine-trees.json").predict(xgboost.DMatrix(rows))
    if folder == "trees":
        return lightgbm.Booster(model_file="/mnt/models/trees/wine.txt").predict(rows)
    if folder == "logged":
        return mlflow.pyfunc.load_model("/mnt/models/logged/wine-mlflow").predict(rows)
    return joblib.load("/mnt/models/flowers/iris.joblib").predict(rows)

asked = json.load(sys.stdin)
print(json.dumps({name: np.asarray(said(name, np.asarray(rows))).ravel().tolist() for name, rows in asked.items()}))
"""
IRIS, WINE = load_iris().data[::10].tolist(), load_wine().data[::10].tolist()
ROWS = {"boosted": WINE, "flowers": IRIS, "logged": WINE, "trees": WINE}


@pytest.fixture(scope="module")
def address(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The ClusterIP of one server with all of them."""
    registry.load(f"docker.io/seldonio/mlserver:{VERSION}").run(io.StringIO())
    with cluster.serving(_stack(tmp_path_factory.mktemp("models")), READY_SECONDS) as address:
        yield address


def _stack(folder: Path) -> MLServer:
    (folder / "times.py").write_text(TIMES)
    files = {"boosted": "wine-trees.json", "flowers": "iris.joblib", "logged": "wine-mlflow", "trees": "wine.txt"}
    formats = {"boosted": "xgboost", "flowers": "sklearn", "logged": "mlflow", "trees": "lightgbm"}
    models: dict[str, Any] = {
        name: {"format": formats[name], "artefact": {"path": ARTEFACTS / file}} for name, file in files.items()
    }
    models["flowers"]["batching"] = {"size": 8, "seconds": 0.01}
    code = {"artefact": {"path": folder / "times.py"}, "implementation": "times.Times", "extra": {"factor": 3}}
    models["times"] = {"format": "python", **code}
    fields = {"name": "formats", "owner": "tests", "resources": {"cpu": "100m", "memory": "1Gi"}}
    return MLServer.model_validate({**fields, "models": models})


@pytest.fixture(scope="module")
def predictions(cluster: Cluster, address: str) -> dict[str, list[float]]:
    """What each library says in the server's own pod, by model."""
    assert address
    found: dict[str, list[float]] = json.loads(cluster.python("formats", LIBRARIES, stdin=json.dumps(ROWS)))
    return found


@pytest.mark.parametrize("model", ROWS)
def test_the_server_answers_what_the_library_predicts(
    address: str, predictions: dict[str, list[float]], model: str
) -> None:
    asked = {**request("rows", *ROWS[model]), "parameters": {"content_type": "np"}}
    (output,) = infer(address, model, asked)["outputs"]
    assert output["data"] == pytest.approx(predictions[model], rel=1e-6)
    assert len({*predictions[model]}) > 1


def test_a_class_of_ones_own_is_loaded_with_its_parameters(address: str) -> None:
    (output,) = infer(address, "times", request("rows", [1.0, -2.0], [0.5, 0.0]))["outputs"]
    assert output["shape"] == [2, 2]
    assert output["data"] == [3.0, -6.0, 1.5, 0.0]
