"""MLServer: Debian's Python, and the very packages of the official image from PyPI.

The official amd64 image of 1.7.1 was built on 2025-06-06 without an upper bound on its dependencies; the requirements
beside this module are what was current on that day: mlserver.txt what all formats share, mlserver-FORMAT.txt the rest.
"""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.python_layers import PATH, PYTHON, debian, packages

HERE = Path(__file__).parent
FORMATS = tuple(sorted(path.stem.removeprefix("mlserver-") for path in HERE.glob("mlserver-*.txt")))
REFERENCES = rf"docker\.io/seldonio/mlserver:1\.7\.1-({'|'.join(FORMATS)})"
CONFIG = {
    "Cmd": ["mlserver", "start", "/mnt/models"],
    "Env": [PATH, "MLSERVER_MODELS_DIR=/mnt/models"],
    "User": "1000",
    "WorkingDir": "/opt/mlserver",
}
LAUNCHER = {"mlserver": f"#!/usr/bin/python{PYTHON}\nfrom mlserver.cli import main\n\nmain()\n"}


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Three layers: Debian, MLServer, and the runtime of one format; all images share the lower two."""
    of_format = HERE / f"mlserver-{reference.rpartition('-')[2]}.txt"
    layers = [debian(log), packages(HERE / "mlserver.txt", log, LAUNCHER), packages(of_format, log)]
    archive.write(target, reference, layers, CONFIG)
