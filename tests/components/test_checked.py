from collections.abc import Iterator

import pytest
from pydantic import ValidationError, model_validator

from components.checked import Checked
from components.errors import Mistake
from components.mistakes import mistakes
from components.values import Value


class Range(Value):
    low: int
    high: int

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.low > self.high:
            raise ValueError("low is above high. Swap them")
        return self


class Narrow(Checked, Range):
    def _refusals(self) -> Iterator[Mistake]:
        if self.low < 0:
            yield Mistake(("low",), "is negative. Raise it")
        if self.high > 9:
            yield Mistake((), "high has two digits. Lower it")


def test_what_fits_is_taken() -> None:
    assert Narrow(low=1, high=9).high == 9


class Ranges(Value):
    ranges: dict[str, tuple[Narrow, ...]]


def test_all_that_is_wrong_is_said_at_once_and_where_it_stands() -> None:
    with pytest.raises(ValidationError) as caught:
        Ranges.model_validate({"ranges": {"a": [{"low": 1, "high": 2}, {"low": -1, "high": 10}]}})
    assert [str(each) for each in mistakes(caught.value, Ranges)] == [
        "ranges.a[1].low: is negative. Raise it",
        "ranges.a[1]: high has two digits. Lower it",
    ]


def test_what_another_base_demands_comes_first() -> None:
    with pytest.raises(ValidationError, match=r"low is above high\. Swap them") as caught:
        Narrow(low=-1, high=-2)
    assert caught.value.error_count() == 1
    assert "negative" not in str(caught.value)
