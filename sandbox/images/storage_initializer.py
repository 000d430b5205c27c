"""KServe's storage initializer: Debian's Python, and the very packages of the official image from PyPI.

The requirements beside this module are those of its lock file at v0.20.0. Only the clients of the stores are used.
"""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.python_layers import PATH, debian, packages

REFERENCES = r"docker\.io/kserve/storage-initializer:v0\.20\.0"
CONFIG = {"Cmd": ["python3"], "Env": [PATH], "User": "1000", "WorkingDir": "/"}


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Debian, which MLServer's images have too, and the packages."""
    requirements = Path(__file__).with_name("storage-initializer.txt")
    archive.write(target, reference, [debian(log), packages(requirements, log)], CONFIG)
