"""The candidate of a stack, as a stack of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from components.errors import Mistake, YamlPath
from components.mistakes import mistakes, refused
from components.model_stack import ModelStack
from components.traffic.ways import Traffic
from components.values import merged

S = TypeVar("S", bound=ModelStack)
LONGEST = 42
"""Names that are made of a stack's are cut after 52 characters, and those of its candidate must differ before."""
SHARED = ("name", "traffic", "route", "expose")
"""By what both versions are reached."""


def candidate(stack: S, traffic: Traffic, own: str | None = None) -> S:
    """What `traffic` makes of `stack`; `own` is the only field that differs where both are one resource.

    Raises ValidationError, its paths those of the stack.
    """
    path, given = (*place(traffic), "candidate"), traffic.way.candidate
    shared = SHARED if own is None else type(stack).model_fields.keys() - {own}
    if wrong := [key for key in given if key in shared]:
        raise refused(Mistake((*path, key), "is what a candidate shares with its stack. Leave it out") for key in wrong)
    if (length := len(stack.name)) > LONGEST:
        fact = f"its name has {length} characters, and {LONGEST} leave room for those of its candidate"
        raise refused([Mistake(("traffic",), f"{fact}. Shorten it, or leave traffic out")])
    kept = stack.model_dump(exclude_unset=True, exclude=set(SHARED))
    type(stack).model_validate({**kept, "name": stack.name})  # what is wrong without a candidate is told where it is
    with told_at(path, type(stack)):
        fields: dict[str, Any] = {**merged(kept, given), "name": f"{stack.name}-candidate"}
        return type(stack).model_validate(fields).follows(stack)


def place(traffic: Traffic) -> YamlPath:
    """Where a stack says its way."""
    return ("traffic", traffic.kind)


@contextmanager
def told_at(path: YamlPath, kind: type[BaseModel]) -> Iterator[None]:
    """Says the mistakes of a `kind` that is made within where `path` is."""
    try:
        yield
    except ValidationError as error:
        raise refused(mistakes(error, kind, path)) from None
