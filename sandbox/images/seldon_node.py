"""The image of model_nodes/Containerfile: Seldon's Python server, from the same requirements, on Debian's Python."""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.python_layers import PATH, PYTHON, debian, packages

REFERENCES = r"localhost/slipway/seldon-node:1\.17\.1"
SERVER = "seldon-core-microservice"
CONFIG = {"Cmd": [SERVER], "Env": [PATH], "User": "8888", "WorkingDir": "/"}
LAUNCHER = {SERVER: f"#!/usr/bin/python{PYTHON}\nfrom seldon_core.microservice import main\n\nmain()\n"}


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Debian, which MLServer's images have too, and the packages."""
    requirements = Path(__file__).with_name("seldon-node.txt")
    archive.write(target, reference, [debian(log), packages(requirements, log, LAUNCHER)], CONFIG)
