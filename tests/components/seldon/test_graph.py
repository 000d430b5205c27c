"""Graphs drawn by lot: what the types let pass, the definition takes."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.context import Context
from components.seldon.graph import Graph, Parameter, parameters
from tests.components.seldon.definition import predictor as definition
from tests.components.seldon.options import LEAVES, NODES, SERVER, Fields, predictor, stack, tree
from tests.schema.definitions import closed

NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?", fullmatch=True)
VALUES = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
LOGGERS = st.fixed_dictionaries({"mode": st.sampled_from(["all", "request", "response"])}, optional={"url": st.text()})


@st.composite
def parameter(draw: st.DrawFn) -> dict[str, Any]:
    (made,) = parameters(**{draw(st.text(min_size=1)): draw(VALUES)})
    return made.model_dump()


OPTIONAL = {
    "parameters": st.lists(parameter(), max_size=3, unique_by=lambda each: each["name"]),
    "logger": LOGGERS,
    "endpoint": st.fixed_dictionaries({}, optional={"http_port": st.integers(1, 65535), "service_host": st.text()}),
    "service_account_name": st.text(),
    "env_secret_ref_name": st.text(),
    "storage_initializer_image": st.text(),
}
LEAF = st.one_of(
    st.fixed_dictionaries(
        {
            "implementation": st.sampled_from(["SKLEARN_SERVER", "MLFLOW_SERVER"]),
            "model_uri": st.just("s3://models/iris"),
        },
        optional=OPTIONAL,
    ),
    st.fixed_dictionaries({"node": st.just({"code": {"path": NODES / "mean.py"}, "runs": "Mean"})}, optional=OPTIONAL),
)


def above(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A node over one child, or several."""
    mean = {"node": st.just({"code": {"path": NODES / "mean.py"}, "runs": "Mean"})}
    one = {**mean, "type": st.sampled_from(["TRANSFORMER", "OUTPUT_TRANSFORMER", "MODEL"])}
    many = {**mean, "type": st.sampled_from(["ROUTER", "COMBINER"])}
    return st.one_of(
        st.fixed_dictionaries({**one, "children": st.lists(children, min_size=1, max_size=1)}, optional=OPTIONAL),
        st.fixed_dictionaries({**many, "children": st.lists(children, min_size=2, max_size=4)}, optional=OPTIONAL),
        st.fixed_dictionaries(
            {"implementation": st.just("RANDOM_ABTEST"), "children": st.lists(children, min_size=2, max_size=2)}
        ),
    )


def named(given: Fields, names: Any) -> Fields:
    """The tree with a name for each of its nodes."""
    return {**given, "name": next(names), "children": [named(each, names) for each in given.get("children", ())]}


def size(given: Fields) -> int:
    return 1 + sum(map(size, given.get("children", ())))


@st.composite
def trees(draw: st.DrawFn) -> Fields:
    given = draw(st.recursive(LEAF, above, max_leaves=8))
    count = size(given)
    return named(given, iter(draw(st.lists(NAMES, min_size=count, max_size=count, unique=True))))


@pytest.fixture(scope="module")
def validator(shared: Path) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(closed(definition(shared)))


@given(tree=trees())
def test_the_definition_takes_what_a_graph_says(validator: jsonschema.Draft7Validator, tree: Fields) -> None:
    written = stack(predictor(graph=tree)).objects(Context())[-1]["spec"]["predictors"][0]
    validator.validate(written)
    (containers,) = (
        each["spec"]["containers"] for each in written.get("componentSpecs", [{"spec": {"containers": []}}])
    )
    made = {each.name for each in Graph.model_validate(tree).walk() if each.node}
    assert {each["name"] for each in containers} == made


@given(tree=trees())
def test_a_graph_is_written_as_the_tree_that_it_is(tree: Fields) -> None:
    def compared(given: Fields, made: Fields) -> None:
        assert made["name"] == given["name"]
        assert made.get("type") == given.get("type")
        assert made.get("modelUri") == given.get("model_uri")
        assert [each["name"] for each in made.get("children", [])] == [each["name"] for each in given["children"]]
        for one, other in zip(given["children"], made.get("children", []), strict=True):
            compared(one, other)

    compared(tree, Graph.model_validate(tree).manifest())


def test_the_nodes_are_walked_from_the_root() -> None:
    graph = Graph.model_validate(tree("COMBINER", tree("ROUTER", *LEAVES), SERVER))
    assert [node.name for node in graph.walk()] == ["combiner", "router", "a", "b", "clf"]


def test_parameters_have_the_types_of_their_values() -> None:
    assert parameters(a=1, b=0.5, c="x", d=True) == (
        Parameter(name="a", value="1", type="INT"),
        Parameter(name="b", value="0.5", type="FLOAT"),
        Parameter(name="c", value="x", type="STRING"),
        Parameter(name="d", value="True", type="BOOL"),
    )
