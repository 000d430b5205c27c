"""Flags of a server's command line that a stack may set itself."""

import json
from collections.abc import Iterable

from pydantic import AfterValidator

from components.errors import nearest

Scalar = bool | int | float | str


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
