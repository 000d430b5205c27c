from typing import Any

import pytest
from pydantic import ValidationError

from components.traffic.ways import Traffic

OTHER: dict[str, Any] = {"candidate": {"image": "example.com/server:2"}}
MARK = {"name": "x-version", "value": "b"}


def traffic(**ways: Any) -> Traffic:
    return Traffic.model_validate({name: {**OTHER, **said} for name, said in ways.items()})


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ({}, "needs one of canary, ab, shadow, blue_green"),
        ({"canary": {"weight": 5}, "shadow": {}}, "canary and shadow exclude each other"),
        ({"canary": {}}, "needs either weight or steps"),
        ({"canary": {"weight": 5, "steps": [5]}}, "needs either weight or steps"),
        ({"canary": {"steps": [5, 5]}}, "steps 5, 5 do not grow"),
        ({"canary": {"steps": [50, 5]}}, "steps 50, 5 do not grow"),
        ({"canary": {"steps": [5, 50], "step": 3}}, "step 3 is none of its 2 steps"),
        ({"canary": {"weight": 5, "step": 2}}, "step 2 is one of steps, and there is a weight"),
        ({"canary": {"weight": 101}}, "less_than_equal"),
        ({"ab": {}}, "needs one of weight, header, cookie"),
        ({"ab": {"weight": 5, "header": MARK}}, "weight and header exclude each other"),
        ({"ab": {"header": {"name": "x version", "value": "b"}}}, "string_pattern_mismatch"),
        ({"ab": {"cookie": {"name": "version", "value": "b;c"}}}, "string_pattern_mismatch"),
        ({"shadow": {"copied": 0}}, "greater_than_equal"),
        ({"blue_green": {"live": "green"}}, "literal_error"),
        ({"canary": {"weight": 5, "candidate": {}}}, "too_short"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(ways: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        traffic(**ways)


@pytest.mark.parametrize(
    ("ways", "percent", "plan"),
    [
        ({"canary": {"weight": 5}}, 5, (5,)),
        ({"canary": {"steps": [5, 50], "step": 2}}, 50, (5, 50)),
        ({"ab": {"weight": 30}}, 30, (30,)),
        ({"ab": {"header": MARK}}, 0, (0,)),
        ({"shadow": {}}, 0, (0,)),
        ({"blue_green": {}}, 0, (0,)),
        ({"blue_green": {"live": "candidate"}}, 100, (100,)),
    ],
)
def test_each_way_says_the_share_of_its_candidate(ways: dict[str, Any], percent: int, plan: tuple[int, ...]) -> None:
    (kind,) = ways
    found = traffic(**ways)
    assert (found.kind, found.way.percent, found.way.plan) == (kind, percent, plan)


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ({"canary": {"weight": 5}}, "5 % of requests"),
        ({"ab": {"cookie": MARK}}, "cookie x-version: b"),
        ({"shadow": {"copied": 50}}, "a copy of 50 % of requests"),
        ({"blue_green": {"live": "candidate"}}, "every request"),
        ({"blue_green": {}}, "no request"),
    ],
)
def test_it_reads_as_who_gets_what(ways: dict[str, Any], words: str) -> None:
    assert str(traffic(**ways).way) == words
