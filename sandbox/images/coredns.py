"""CoreDNS, from its module."""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.toolchain import PROGRAMS, binary, build

VERSION = PROGRAMS["coredns"].version
REFERENCES = rf"registry\.k8s\.io/coredns/coredns:{VERSION}"


def make(reference: str, target: Path, log: IO[str]) -> None:
    build("coredns").run(log)
    archive.single_binary(target, reference, binary("coredns"), {"Entrypoint": ["/coredns"], "User": "65532:65532"})
