"""Flags of a server's command line that a stack may set itself."""

import json
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from components.errors import nearest


def _single(given: object) -> object:
    if not isinstance(given, bool | int | float | str):
        raise ValueError("must be a single number or text, or true or false. Write it so")
    return given


Scalar = Annotated[bool | int | float | str, BeforeValidator(_single)]


def one_of(known: Iterable[str]) -> AfterValidator:
    """Refuses every flag but these, and offers the nearest: some servers pass over a flag that they do not know."""
    flags = tuple(known)

    def check(flag: str) -> str:
        if flag not in flags:
            raise ValueError(f"is no flag that a stack may set. {nearest(flag, flags)}")
        return flag

    return AfterValidator(check)


def spelled(flags: Iterable[tuple[str, Scalar]]) -> tuple[str, ...]:
    """Each as --name=value; a truth is true or false."""
    return tuple(f"--{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in flags)
