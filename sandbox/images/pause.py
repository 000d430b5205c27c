"""The container that holds a pod's namespaces, from the sandbox's own few lines of Go."""

from pathlib import Path
from typing import IO

from sandbox import archive
from sandbox.toolchain import binary, build

REFERENCES = r"registry\.k8s\.io/pause:3\.10"


def make(reference: str, target: Path, log: IO[str]) -> None:
    build("pause").run(log)
    archive.single_binary(target, reference, binary("pause"), {"Entrypoint": ["/pause"], "User": "65535:65535"})
