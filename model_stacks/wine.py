"""Cultivar of a wine from thirteen measurements of its chemistry."""

from pathlib import Path

from components.artefact import Artefact
from components.runtimes.mlserver import MLServer, Model

WINE = Model(format="lightgbm", artefact=Artefact(path=Path(__file__).parent / "artefacts" / "wine.txt"))

STACK = MLServer(name="wine", owner="data-science", models={"wine": WINE})
