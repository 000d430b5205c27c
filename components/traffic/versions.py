"""The candidate of a stack, as a stack of its own."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from components.errors import Mistake
from components.mistakes import mistakes
from components.model_stack import ModelStack
from components.traffic.ways import Traffic
from components.values import merged

S = TypeVar("S", bound=ModelStack)
LONGEST = 42
"""Names that are made of a stack's are cut after 52 characters, and those of its candidate must differ before."""
SHARED = ("name", "traffic", "route", "expose")
"""By what both versions are reached."""


def candidate(stack: S, traffic: Traffic) -> S:
    """What `traffic` makes of `stack`. Raises ValidationError, its paths those of the stack."""
    path = ("traffic", traffic.kind, "candidate")
    given, kept = traffic.way.candidate, stack.model_dump(exclude_unset=True, exclude=set(SHARED))
    if own := [key for key in SHARED if key in given]:
        raise _refused(Mistake((*path, key), "is what a candidate shares with its stack. Leave it out") for key in own)
    if (length := len(stack.name)) > LONGEST:
        fact = f"its name has {length} characters, and {LONGEST} leave room for those of its candidate"
        raise _refused([Mistake(("traffic",), f"{fact}. Shorten it, or leave traffic out")])
    fields: dict[str, Any] = {**merged(kept, given), "name": f"{stack.name}-candidate"}
    try:
        return type(stack).model_validate(fields).follows(stack)
    except ValidationError as error:
        raise _refused(mistakes(error, type(stack), path)) from None


def _refused(found: Iterable[Mistake]) -> ValidationError:
    details = [
        InitErrorDetails(type="value_error", loc=each.path, input=None, ctx={"error": ValueError(each.message)})
        for each in found
    ]
    return ValidationError.from_exception_data("candidate", details)
