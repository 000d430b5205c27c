"""Species of an iris from its four measurements in cm; the smoke test of every environment."""

from pathlib import Path

from components.artefact import Artefact
from components.runtimes.mlserver import MLServer, Model

IRIS = Model(
    format="sklearn",
    artefact=Artefact(path=Path(__file__).parent / "artefacts" / "iris.joblib"),
    sample={"inputs": [{"name": "measurements", "shape": [1, 4], "datatype": "FP64", "data": [[5.1, 3.5, 1.4, 0.2]]}]},
)

STACK = MLServer(name="iris", owner="data-science", models={"iris": IRIS})
