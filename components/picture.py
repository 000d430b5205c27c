"""A way that requests take, as a picture says it."""

from typing import NamedTuple


class Step(NamedTuple):
    """What requests reach, in words, and where they go from there."""

    title: str
    lines: tuple[str, ...] = ()
    share: str = ""
    """Which of the requests before it come here; empty where all do."""
    copies: bool = False
    """Whether its answers are discarded."""
    then: "tuple[Step, ...]" = ()
