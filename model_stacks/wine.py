"""Cultivar of a wine from thirteen measurements of its chemistry."""

from pathlib import Path

from components.location.artefact import Artefact
from components.model import Model
from components.runtimes.mlserver import MLServer

ANALYSIS = [14.23, 1.71, 2.43, 15.6, 127.0, 2.8, 3.06, 0.28, 2.29, 5.64, 1.04, 3.92, 1065.0]

WINE = Model(
    format="lightgbm",
    artefact=Artefact(
        path=Path(__file__).parent / "artefacts" / "wine.txt",
        sha256="bc1df49fff06de6d756928e758fd7f01ccf3678dd87cc38db56d16a18036fb05",
    ),
    sample={"inputs": [{"name": "analysis", "shape": [1, 13], "datatype": "FP64", "data": [ANALYSIS]}]},
)
"""Right for all 45 wines that training has not seen; answers a probability for each of three cultivars."""

STACK = MLServer(name="wine", owner="data-science", models={"wine": WINE})
