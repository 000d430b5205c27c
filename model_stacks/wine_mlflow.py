"""Cultivar of a wine from thirteen measurements of its chemistry, as a model that MLflow has saved."""

from pathlib import Path

from components.location.artefact import Artefact
from components.mlserver.model import ServedModel
from components.runtimes.mlserver import MLServer
from model_stacks.wine import ANALYSIS

NUMPY = {"content_type": "np"}
ROW = {"name": "analysis", "shape": [1, 13], "datatype": "FP64", "data": [ANALYSIS]}

WINE = ServedModel(
    format="mlflow",
    artefact=Artefact(
        path=Path(__file__).parent / "artefacts" / "wine-mlflow",
        sha256="3682b09cca26dade6581c738c292432674fb282cb6c9f8601ba891b5ad2f59ca",
    ),
    sample={"inputs": [ROW], "parameters": NUMPY},
    answer={"outputs": [{"name": "output-1", "shape": [1, 1], "datatype": "INT64", "data": [0]}]},
)
"""Right for all 45 wines that training has not seen; answers 0, 1 or 2."""

STACK = MLServer(name="wine-mlflow", owner="data-science", models={"wine-mlflow": WINE})
