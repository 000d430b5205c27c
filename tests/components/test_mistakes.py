from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, StringConstraints, ValidationError

from components.mistakes import mistakes
from components.values import DnsLabel, Value


class Part(Value):
    weight: int = 0
    material: Literal["oak", "teak"] = "oak"


class Boat(Value):
    name: DnsLabel = "pram"
    motor: bool = False
    masts: int = Field(default=1, ge=0, le=3)
    speed: float = Field(default=1, gt=0)
    crew: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    parts: dict[DnsLabel, Part] = {}
    keel: Part | None = None
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{4}$")] = "beef"


class Fleet(Value):
    flagship: Boat


def found(given: Any, model: type[Value] = Boat) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return [str(mistake) for mistake in mistakes(caught.value, model, ("slipway:boat",))]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": 5}, "name: must be text; got 5. Put it in quotes"),
        ({"name": "A"}, "name: 'A' must be lower case letters, digits and '-'"),
        ({"motor": "perhaps"}, "motor: must be true or false; got 'perhaps'"),
        ({"motor": []}, "motor: must be true or false; got a list"),
        ({"masts": "two"}, "masts: must be a whole number; got 'two'"),
        ({"masts": 1.5}, "masts: must be a whole number; got 1.5"),
        ({"masts": None}, "masts: must be a whole number; got null"),
        ({"masts": -1}, "masts: must be at least 0; got -1"),
        ({"masts": 4}, "masts: must be at most 3; got 4"),
        ({"speed": 0}, "speed: must be above 0.0; got 0"),
        ({"crew": "ann"}, "crew: must be a list; got 'ann'"),
        ({"crew": ["ann", "bob", "cy"]}, "crew: has 3, and takes at most 2. Leave some out"),
        ({"crew": ["ann", 2]}, "crew[1]: must be text; got 2. Put it in quotes"),
        ({"parts": []}, "parts: must be a mapping of keys to values; got a list. Write its keys without '-'"),
        ({"keel": "oak"}, "keel: must be a mapping of keys to values; got 'oak'"),
        ({"keel": {"material": "tin"}}, "keel.material: must be one of 'oak' or 'teak'; got 'tin'"),
        ({"digest": "zz"}, "digest: must have the shape ^[0-9a-f]{4}$; got 'zz'"),
    ],
)
def test_a_wrong_value_is_named_with_place_fact_and_cure(given: dict[str, Any], message: str) -> None:
    (only,) = found(given)
    assert only.startswith(f"slipway:boat.{message}")


def test_a_missing_key_is_asked_for() -> None:
    assert found({}, Fleet) == ["slipway:boat.flagship: is required. Add it"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mast": 1}, "mast: unknown key. Did you mean 'masts'?"),
        ({"keel": {"wieght": 1}}, "keel.wieght: unknown key. Did you mean 'weight'?"),
        ({"parts": {"rudder": {"wieght": 1}}}, "parts.rudder.wieght: unknown key. Did you mean 'weight'?"),
        ({"keel": {"zzz": 1}}, "keel.zzz: unknown key. Known: material, weight"),
    ],
)
def test_an_unknown_key_gets_the_nearest_of_its_own_level(given: dict[str, Any], message: str) -> None:
    assert found(given) == [f"slipway:boat.{message}"]


def test_a_part_that_is_called_like_a_field_keeps_the_keys_of_its_level() -> None:
    assert found({"parts": {"weight": {"wieght": 1}}}) == [
        "slipway:boat.parts.weight.wieght: unknown key. Did you mean 'weight'?"
    ]


def test_all_mistakes_are_found_at_once() -> None:
    assert len(found({"masts": -1, "motor": 7, "keel": {"weight": "x"}, "sail": 1})) == 4


def test_a_long_value_is_cut() -> None:
    (only,) = found({"name": "A" * 500})
    assert "A" * 80 not in only
    (only,) = found({"crew": "x" * 500})
    assert len(only) < 160
