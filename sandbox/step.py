"""One line of the live list, and the only error of this package."""

from collections.abc import Callable
from typing import IO, NamedTuple


class SandboxError(Exception):
    """A message for a user: the object, the fact and the cure."""


class Step(NamedTuple):
    """A piece of work: `run` writes its full output to the log, and returns a short detail for the list.

    Raises SandboxError. A step whose work is already done returns at once.
    """

    title: str
    run: Callable[[IO[str]], str]
