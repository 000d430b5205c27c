import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils import parse_quantity
from pydantic import TypeAdapter, ValidationError

from components.values import DnsLabel, PinnedImage, Quantity, Resources, Value, amount, within

NAME, IMAGE, QUANTITY = TypeAdapter(DnsLabel), TypeAdapter(PinnedImage), TypeAdapter(Quantity)
DIGEST = "sha256:" + "0123456789abcdef" * 4


class Point(Value):
    x: float
    y: float = 0


def refusal(adapter: TypeAdapter[str], given: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(given)
    return str(caught.value)


@pytest.mark.parametrize("name", ["a", "iris", "a-b", "a1", "a--b", "x" * 63])
def test_a_dns_label_is_taken_as_it_is(name: str) -> None:
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "A", "1a", "-a", "a-", "a_b", "a.b", "é", "a\n", " a", "a/b"])
def test_a_name_that_kubernetes_refuses_is_refused(name: str) -> None:
    assert "lower case letters, digits and '-'" in refusal(NAME, name)


def test_a_name_that_is_too_long_is_told_its_length() -> None:
    assert "has 64 characters; Kubernetes allows 63" in refusal(NAME, "x" * 64)


@pytest.mark.parametrize(
    "image",
    ["a:1", "docker.io/seldonio/mlserver:1.7.1-sklearn", "host:5000/a:1", f"a@{DIGEST}", f"a:latest@{DIGEST}"],
)
def test_a_pinned_image_is_taken_as_it_is(image: str) -> None:
    assert IMAGE.validate_python(image) == image


@pytest.mark.parametrize(
    "image", ["", "a", "a:", ":1", "a:latest", "host:5000/a", "host:5000/a:latest", "a:1 2", "a:1\n"]
)
def test_an_image_that_may_change_or_cannot_be_is_refused(image: str) -> None:
    assert re.search("must name a tag other than 'latest'|must be an image reference", refusal(IMAGE, image))


@pytest.mark.parametrize("quantity", ["500m", "2", "0.5", ".5", "512Mi", "1Gi", "1T", "10k", "1.5G", "00.1"])
def test_a_quantity_is_taken_as_it_is(quantity: str) -> None:
    assert QUANTITY.validate_python(quantity) == quantity


@pytest.mark.parametrize(
    "quantity",
    ["", "0", "0m", "0.0Gi", "-1", "1 Gi", "1gi", "1K", "1KB", "1e3", "1.", "Gi", "1Gi\n", "\u0661", "1_000", "0x10"],
)
def test_a_quantity_that_is_none_is_refused(quantity: str) -> None:
    assert "must be a positive Kubernetes quantity" in refusal(QUANTITY, quantity)


@given(st.from_regex(r"(?:[0-9]{1,9}|[0-9]{0,3}\.[0-9]{1,3})(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?", fullmatch=True))
def test_an_amount_is_what_kubernetes_own_client_makes_of_it(quantity: str) -> None:
    assert amount(quantity) == parse_quantity(quantity)  # type: ignore[no-untyped-call]


def test_an_amount_is_exact() -> None:
    assert (amount("100m"), amount("1Ki"), amount("1k")) == (Decimal("0.1"), Decimal(1024), Decimal(1000))


def test_a_value_is_frozen() -> None:
    point = Point(x=1)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(point, "x", 2)  # noqa: B010


def test_a_value_takes_no_unknown_field() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Point.model_validate({"x": 1, "z": 2})


class Line(Value):
    start: Point
    named: dict[str, Point] = {}
    between: tuple["Line | Point", ...] = ()


def test_every_part_of_a_kind_is_found_with_its_path() -> None:
    one, two, three, four = (Point(x=number) for number in range(4))
    line = Line(start=one, named={"end": two}, between=(three, Line(start=four)))
    assert dict(within(line, Point)) == {
        ("start",): one,
        ("named", "end"): two,
        ("between", 0): three,
        ("between", 1, "start"): four,
    }
    assert [path for path, _ in within(line, Line)] == [(), ("between", 1)]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_value_takes_no_number_that_json_lacks(number: float) -> None:
    with pytest.raises(ValidationError, match="finite_number"):
        Point(x=number)


def test_a_default_is_validated_too() -> None:
    class Wrong(Value):
        name: DnsLabel = "Not A Name"

    with pytest.raises(ValidationError, match="lower case"):
        Wrong()


def test_memory_is_reserved_and_the_limit() -> None:
    assert Resources(cpu="1", cpu_limit="3", memory="2Gi").requirements() == {
        "requests": {"cpu": "1", "memory": "2Gi"},
        "limits": {"cpu": "3", "memory": "2Gi"},
    }


def test_gpus_are_reserved_and_limited_alike() -> None:
    requirements = Resources(gpus=2).requirements()
    assert [requirements[each]["nvidia.com/gpu"] for each in ("requests", "limits")] == ["2", "2"]


def test_room_on_the_disk_is_reserved() -> None:
    requirements = Resources().requirements("5Gi")
    assert requirements["requests"] == {**Resources().requirements()["requests"], "ephemeral-storage": "5Gi"}
    assert requirements["limits"] == Resources().requirements()["limits"]


def test_a_limit_may_equal_what_is_reserved_in_another_spelling() -> None:
    assert Resources(cpu="1", cpu_limit="1000m").cpu_limit == "1000m"


def test_a_limit_below_what_is_reserved_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"cpu_limit 999m is below cpu 1\. Raise cpu_limit or lower cpu"):
        Resources(cpu="1", cpu_limit="999m")


def test_fewer_than_no_gpus_are_refused() -> None:
    with pytest.raises(ValidationError, match="greater_than_equal"):
        Resources(gpus=-1)
