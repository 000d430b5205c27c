"""Conditions of a graph's steps: paths of GJSON, met where there is something at the path.

https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
"""

import re
from typing import Annotated

from pydantic import AfterValidator

ALWAYS = "@this"
"""Met by every JSON."""
CLOSING = {")": "(", "]": "[", "}": "{"}
OPENING = frozenset(CLOSING.values())
LITERAL = re.compile(r'"(\\.|[^"\\])*"')
COMPARISON = re.compile(r"(?<!\\)[=<>%]|!=")
EXAMPLE = "Say [@this].#(KEY==VALUE)"


def _condition(text: str) -> str:
    bare = re.sub(r"\\.", "_", LITERAL.sub("_", text))
    if not text.strip() or '"' in bare or (outer := _outside(bare)) is None:
        raise ValueError(f"is no whole path of GJSON, and never met. {EXAMPLE}")
    if COMPARISON.search(outer):
        raise ValueError(f"compares nothing: GJSON does so within #(...) alone. {EXAMPLE}")
    if bare.endswith(")#") or (outer in ("()", "[]", "{}") and bare[0] in "[{"):
        raise ValueError(f"is always met, if by something empty. {EXAMPLE}, or {ALWAYS} if that is meant")
    return text


def _outside(path: str) -> str | None:
    """The path without what its outermost brackets hold; None where they do not match."""
    opened: list[str] = []
    outer = ""
    for letter in path:
        if letter in CLOSING and (not opened or opened.pop() != CLOSING[letter]):
            return None
        outer += letter if not opened else ""
        if letter in OPENING:
            opened.append(letter)
    return None if opened else outer


Condition = Annotated[str, AfterValidator(_condition)]
