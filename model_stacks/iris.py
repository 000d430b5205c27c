"""Species of an iris from its four measurements in cm; the smoke test of every environment."""

from pathlib import Path

from components.location.artefact import Artefact
from components.model import Model
from components.runtimes.mlserver import MLServer

IRIS = Model(
    format="sklearn",
    artefact=Artefact(
        path=Path(__file__).parent / "artefacts" / "iris.joblib",
        sha256="1823fcbe4650350682dba6443bac4ee20f5d22b64e32caa39f42ca78a6fb5725",
    ),
    sample={"inputs": [{"name": "measurements", "shape": [1, 4], "datatype": "FP64", "data": [[5.1, 3.5, 1.4, 0.2]]}]},
)
"""Right for 37 of 38 flowers that training has not seen (97 %); answers 0 setosa, 1 versicolor, 2 virginica."""

STACK = MLServer(name="iris", owner="data-science", models={"iris": IRIS})
