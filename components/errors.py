"""
Everything this library raises on purpose.

* SlipwayError
  + Invalid             an environment has mistakes: all of them at once
  + UnknownKind         a name that no module of the catalog has
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

YamlPath = tuple[str | int, ...]
"""The keys and numbers that lead to a place of a document."""


class Mistake(NamedTuple):
    """Where a mistake stands, and what it is together with its cure."""

    path: YamlPath
    message: str

    def below(self, *path: str | int) -> "Mistake":
        """The same, of a value that stands at `path` itself."""
        return Mistake((*path, *self.path), self.message)

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.message}" if self.path else self.message


class SlipwayError(Exception):
    """Base class: catch this to catch all of ours. Its text names object, fact and cure."""


class Invalid(SlipwayError):
    """One or more mistakes; `mistakes` has each with its path."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class UnknownKind(SlipwayError):
    """The catalog has no module of that name; the nearest one is offered."""

    def __init__(self, package: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no {name!r} in {package.replace('.', '/')}. {nearest(name, known)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The cure for an unknown name: the known one closest to it, whatever its case, or all of them."""
    choices = sorted(known)
    folded = {choice.lower(): choice for choice in choices}
    if near := get_close_matches(name.lower(), folded, n=1):
        return f"Did you mean {folded[near[0]]!r}?"
    return f"Known: {', '.join(choices)}" if choices else "There is nothing to choose from"


def dotted(path: Iterable[str | int]) -> str:
    """A YAML path as people write it: `slipway:models.iris.ports[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
