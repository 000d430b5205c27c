"""A node of a graph as a few lines of Python, run by Seldon's own server in a prepared image."""

import re
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from components.location.artefact import Artefact, Files
from components.values import PinnedImage, Value

FOLDER = "/mnt/nodes"
"""Below it, each node has a folder of its own: its code, and its files."""
IMAGE = "localhost/slipway/seldon-node:1.17.1"
"""What model_nodes/Containerfile builds: the name that no registry can answer to but a machine's own."""


class Node(Value):
    """Class `runs` of module `code`, whose folder has `files` beside it; a node's parameters are its arguments.

    https://docs.seldon.io/projects/seldon-core/en/v1.17.1/python/python_component.html says what it may define.
    """

    code: Artefact
    runs: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*$")]
    files: tuple[Artefact, ...] = ()
    env: dict[str, str] = {}
    image: PinnedImage = IMAGE
    startup_seconds: int = 60

    @model_validator(mode="after")
    def _is_a_module(self) -> Self:
        if self.code.path.suffix != ".py" or not self.code.path.stem.isidentifier():
            raise ValueError(f"code {self.code.path.name!r} is no Python module. Give a file NAME.py")
        source = self.code.files[self.code.path.name].decode(errors="replace")
        if not re.search(rf"^class {self.runs}\b", source, re.MULTILINE):
            raise ValueError(f"module {self.code.path.name!r} has no class {self.runs!r}. Name one that it defines")
        return self

    @property
    def interface(self) -> str:
        """What the server is to import."""
        return f"{self.code.path.stem}.{self.runs}"

    def all_files(self) -> Files:
        """Path below the node's folder to content."""
        return {path: content for each in (self.code, *self.files) for path, content in each.files.items()}
