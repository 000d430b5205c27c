"""metrics-server, from its module."""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.toolchain import PROGRAMS, binary, build

VERSION = PROGRAMS["metrics-server"].version
REFERENCES = rf"registry\.k8s\.io/metrics-server/metrics-server:{VERSION}"


def make(reference: str, target: Path, log: IO[str]) -> None:
    build("metrics-server").run(log)
    config = {"Entrypoint": ["/metrics-server"], "User": "65534:65534"}
    archive.single_binary(target, reference, binary("metrics-server"), config)
