"""Triton's own server for CPUs with its Python backend, as NVIDIA puts it into the package of PyTriton: 2.51.0.

Its backend was built for NumPy 1. The official image, which has every backend and is newer, is 20 GB.
"""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.python_layers import PACKAGES, PATH, debian, packages

REFERENCES = r"localhost/slipway/tritonserver-python:2\.51\.0"
FOLDER = f"/{PACKAGES}/pytriton/tritonserver"
LAUNCHER = f"""#!/bin/sh
# The backend looks for its program beside itself, where the package does not put it.
set -eu
mkdir -p /tmp/backends/python
ln -sf {FOLDER}/backends/python/* {FOLDER}/python_backend_stubs/3.11/* /tmp/backends/python
exec {FOLDER}/bin/tritonserver --backend-directory=/tmp/backends "$@"
"""
CONFIG = {
    "Cmd": ["tritonserver"],
    "Env": [PATH, f"LD_LIBRARY_PATH=/{PACKAGES}/nvidia_pytriton.libs"],
    "User": "1000",
    "WorkingDir": "/",
}


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Debian, which MLServer's images have too, and the package."""
    requirements = Path(__file__).with_name("tritonserver-python.txt")
    layers = [debian(log), packages(requirements, log, {"tritonserver": LAUNCHER})]
    archive.write(target, reference, layers, CONFIG)
