"""A stack whose candidate an operator runs as a part of the stack's own resource."""

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, Self

from components.checked import Checked
from components.errors import YamlPath
from components.model_stack import ModelStack
from components.traffic import versions
from components.traffic.ways import Traffic
from components.values import V


class Operated(Checked, ModelStack):
    """Its versions differ in one field, `part`, and share all others."""

    part: ClassVar[str]

    traffic: Traffic | None = None
    """How a candidate takes its share of requests; None: what changes is replaced."""

    @cached_property
    def candidate(self) -> Self | None:
        """The version that is to follow this one. Raises ValidationError where it is none."""
        return versions.candidate(self, self.traffic, own=self.part) if self.traffic else None

    def parts(self, kind: type[V]) -> Iterator[tuple[YamlPath, V]]:
        yield from super().parts(kind)
        if self.candidate and self.traffic:
            found = (each for each in self.candidate.parts(kind) if each[0][:1] == (self.part,))
            yield from (((*versions.place(self.traffic), "candidate", *path), each) for path, each in found)
