from typing import Any

import pytest
from google.protobuf import text_format  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from components.text_proto import Name, dump, entries
from tests.components.text_messages import Messages, parsed

MESSAGES: Messages = {
    "Entry": {"key": str, "value": int},
    "Tree": {"name": str, "size": int, "here": bool, "leaf": [str], "branch": ["Tree"], "labels": ["Entry"]},
}
TREES = st.recursive(
    st.fixed_dictionaries({}, optional={"name": st.text(min_size=1), "size": st.integers(1, 2**63 - 1)}),
    lambda inner: st.fixed_dictionaries(
        {"name": st.text(min_size=1), "here": st.just(True), "leaf": st.lists(st.text(), min_size=1)},
        optional={"branch": st.lists(inner, min_size=1, max_size=3)},
    ),
    max_leaves=5,
)


def as_json(tree: dict[str, Any]) -> dict[str, Any]:
    branches = {"branch": [as_json(each) for each in tree["branch"]]} if "branch" in tree else {}
    return {**tree, **({"size": str(tree["size"])} if "size" in tree else {}), **branches}


@given(TREES)
def test_what_is_written_is_what_protobuf_reads(tree: dict[str, Any]) -> None:
    assert parsed(dump(tree), "Tree", MESSAGES) == as_json(tree)


def test_a_map_is_written_in_the_order_of_its_keys() -> None:
    text = dump({"labels": entries({"b": 2, "a": 1})})
    assert parsed(text, "Tree", MESSAGES) == {"labels": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}


def test_names_stand_without_quotes_and_nothing_stands_for_none() -> None:
    assert dump({"kind": Name("KIND_GPU"), "gone": None, "none": [], "empty": {}}) == "kind: KIND_GPU\nempty {\n}\n"


@pytest.mark.parametrize("text", ["nome: 'x'", "size: 'x'", "branch { leaf: 1 }"])
def test_a_mistake_would_be_found(text: str) -> None:
    with pytest.raises(text_format.ParseError):
        parsed(text, "Tree", MESSAGES)
