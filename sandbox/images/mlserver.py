"""MLServer: Debian's Python, and the very packages of the official image from PyPI.

The official amd64 image of 1.7.1 was built on 2025-06-06 without an upper bound on its dependencies; the requirements
beside this module are what was current on that day: mlserver.txt what all formats share, mlserver-FORMAT.txt the rest.
Left out: what MLflow needs as a server and for plots, what XGBoost needs for GPUs (its package for CPUs is the same
otherwise), and CatBoost and Hugging Face, which are large.
"""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.python_layers import PATH, PYTHON, debian, packages

HERE = Path(__file__).parent
FORMATS = tuple(sorted(path.stem.removeprefix("mlserver-") for path in HERE.glob("mlserver-*.txt")))
NEEDED = {"mlflow": ("mlflow", "sklearn")}
"""MLflow asks for scikit-learn."""
REFERENCES = rf"docker\.io/seldonio/mlserver:1\.7\.1(-({'|'.join(FORMATS)}))?"
CONFIG = {
    "Cmd": ["mlserver", "start", "/mnt/models"],
    "Env": [PATH, "MLSERVER_MODELS_DIR=/mnt/models"],
    "User": "1000",
    "WorkingDir": "/opt/mlserver",
}
LAUNCHER = {"mlserver": f"#!/usr/bin/python{PYTHON}\nfrom mlserver.cli import main\n\nmain()\n"}


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Debian, MLServer, and a layer for each format that is wanted: all of them where the reference names none."""
    _, _, named = reference.partition("1.7.1-")
    wanted = NEEDED.get(named, (named,)) if named else FORMATS
    layers = [debian(log), packages(HERE / "mlserver.txt", log, LAUNCHER)]
    layers += (packages(HERE / f"mlserver-{format}.txt", log) for format in wanted)
    archive.write(target, reference, layers, CONFIG)
