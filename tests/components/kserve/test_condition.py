"""Conditions that the router of KServe 0.20 was seen to find met: by some requests, by all, or by none."""

import pytest
from pydantic import TypeAdapter, ValidationError

from components.kserve.condition import Condition

CONDITION: TypeAdapter[str] = TypeAdapter(Condition)


@pytest.mark.parametrize(
    "path",
    [
        *("kind", "a.b.0", "@this", "kin?", "*", "l.#", "l.#.x", r"a\.b", r"a\=b"),
        *('[@this].#(kind=="x")', "l.#(x>=2)", 'l.#(a.#(b=="]")).c', "[@this].#(kind!=x).name", '[@this].#(k%"x*")'),
    ],
)
def test_a_path_is_taken(path: str) -> None:
    assert CONDITION.validate_python(path) == path


@pytest.mark.parametrize(
    ("path", "told"),
    [
        *((path, "is no whole path of GJSON, and never met") for path in ("", " ", "l.#(x==9", "[@this", "a)", '"a')),
        *((path, "compares nothing") for path in ('kind == "x"', "a=1", "a<1", '@this|a!="x"')),
        *((path, "is always met") for path in ("{ .a == 1 }", "{gone}", "[kind,gone]", "l.#(x==9)#")),
    ],
)
def test_a_path_that_says_nothing_is_refused_with_a_cure(path: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CONDITION.validate_python(path)
    assert told in str(caught.value)
    assert "Say [@this].#(KEY==VALUE)" in str(caught.value)
