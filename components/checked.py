"""Values whose fields must fit together."""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from components.errors import Mistake
from components.mistakes import refused
from components.values import Value


class Checked(Value):
    """Whatever is wrong between its fields is refused, all at once. It stands before the other bases of its kinds, so
    that what they demand is looked at first."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if found := list(self._refusals()):
            raise refused(found)
        return self

    def _refusals(self) -> Iterator[Mistake]:
        """What is wrong, each by its path in the value, with its cure."""
        raise NotImplementedError
