"""No field of a stack is dropped in silence: each is said here by one of the examples, and another value of it shows
in the objects, in what the stack needs and where it is called, or is refused."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import ValidationError

from components import catalog
from components.context import Context
from components.model_server import ModelServer
from components.model_stack import ModelStack
from components.values import Value, merged
from tests.components.kserve.graph_options import OPTIONS as KSERVE_GRAPH
from tests.components.kserve.options import OPTIONS as KSERVE
from tests.components.seldon.options import OPTIONS as SELDON
from tests.components.seldon.options import SERVER
from tests.components.server_choices import CONTEXTS, SERVERS, STARTS, Fields
from tests.schema.servers import CHOICES

Path = tuple[str | int, ...]

MODELS: tuple[Fields, ...] = (
    {"answer": {"outputs": []}, "sample": {}},
    {
        "artefact": None,
        "uri": "https://models.example.it/a/model",
        "sha256": "0" * 64,
        "size": "2Gi",
        "registered": "mlflow://wine/7",
    },
)
"""What is said of a model, where a runtime has the field `models`."""
WHOLE: dict[str, tuple[Fields, ...]] = {
    "kserve": tuple(KSERVE.values()),
    "kserve_graph": tuple(KSERVE_GRAPH.values()),
    "seldon": tuple(SELDON.values()),
}
"""Whole stacks of a runtime that is no single server."""
TEXTS = (
    *("other", "other.example.it", "/other", "300m", "3", "3Gi", "example.com/other:9", "https://other.example.it/a"),
    *("s3://other/a", "NoExecute", "because people ask for it"),
)
"""Among them is one for each constraint that a text may have."""
INSTEAD: dict[str, tuple[Any, ...]] = {
    "candidate": (
        {"startup_seconds": 88},
        {"predictor": {"startup_seconds": 88}},
        {"predictors": [{"name": "candidate", "graph": {**SERVER, "model_uri": "s3://models/other"}}]},
    ),
    "sample": ({"inputs": [1]},),
    "answer": ({"outputs": [1]},),
    "uri": ("https://models.example.it/a/other", "s3://other/a"),
    "spec": ({"containers": [{"name": "clf", "image": "example.com/other:1"}]},),
    "implementation": ("XGBOOST_SERVER", "other.Other"),
    "registered": ("mlflow://wine/8",),
    "extra": ({"task": "other"},),
    "runs": ("EpsilonGreedy",),
    "env": ({"OTHER": "1"}, [{"name": "OTHER", "value": "1"}]),
    "port": ("http", "grpc"),
    "ports": ({"http": 8081, "grpc": 9000},),
    "steps": ([30, 60], [50, 75]),
}
"""By the name of a field: other values, where its type says too little. A weight must be one that replicas can give."""
FILES = {"Model.artefact", "Artefact.path", "Artefact.sha256"}
"""Changed by tests/components/location/test_artefact.py: another file or digest is another ConfigMap, or refused."""
BOUND = {
    *("Model.format", "SavedModel.format"),  # a runtime has but one
    *("Source.config_map", "Source.field"),  # vLLM's key is in a Secret
    *("GraphStep.node_name", "GraphStep.weight"),  # as the other nodes and steps
    *("Step.model", "Step.inputs", "Step.outputs", "Instances.kind"),  # as what stands beside them
}
"""Any other value of these is refused where they stand in the examples."""
REFUSED = {
    "container": {"Model.sample", "Model.answer"},
    "kserve": {"Model.sha256"},
    "kserve_graph": {"KServeGraph.credentials", "KServeGraph.reads"},
    "seldon": {"Model.sha256", "AbTest.header", "AbTest.cookie", "Marked.name", "Marked.value"},
}
"""What a runtime refuses whatever is said of it, which its own tests show."""


def runtimes() -> list[type[ModelStack]]:
    """Every kind of stack."""
    names = catalog.names("components.runtimes")
    return [catalog.kind("components.runtimes", name, ModelStack) for name in names]


def examples(kind: type[ModelStack]) -> Iterator[Fields]:
    """What stacks of this runtime say; together they say everything."""
    yield from WHOLE.get(key := kind.key(), ())
    if issubclass(kind, ModelServer):
        models = [each for each in MODELS if not each.keys() & kind.model_fields.keys()]
        for choices in (*({"models": {"iris": each}} for each in models), *SERVERS):
            yield merged(STARTS[key], choices)
        yield from ({"name": "iris", "owner": "science", **choices} for choices in CHOICES[key].values())


def meaning(kind: type[ModelStack], fields: Fields) -> list[Any]:
    """All that a stack says in every kind of environment. Raises ValidationError where it is refused at once."""
    stack, found = kind.model_validate(fields), list[Any]()
    for context in CONTEXTS:
        mistakes = list(stack.mistakes(context))
        found += [
            mistakes,
            stack.needs(context),
            stack.claims(context),
            stack.asks(context),
            stack.by_identity(context),
        ]
        found += [] if mistakes else [stack.unit(context), stack.endpoints(context)]
    return found


def said(annotation: Any, fields: Any, path: Path = ()) -> Iterator[tuple[Path, str, Any]]:
    """Each field that is said, with the name of the type that has it, and its own type."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if _is_value(annotation) and isinstance(fields, dict):
        for name in fields:
            field = annotation.model_fields[name].annotation
            yield (*path, name), f"{annotation.__name__}.{name}", field
            yield from said(field, fields[name], (*path, name))
    elif origin is dict and isinstance(fields, dict):
        for key in fields:
            yield from said(inner[1], fields[key], (*path, key))
    elif origin is tuple and isinstance(fields, list | tuple):
        for number, each in enumerate(fields):
            yield from said(inner[0], each, (*path, number))
    elif origin in (Union, UnionType):
        for each in inner:
            yield from said(each, fields, path)


def sayable(annotation: Any, within: tuple[Any, ...] = ()) -> Iterator[str]:
    """Each field of a type and of the types that it is made of, by the name of the type that has it."""
    if _is_value(annotation) and annotation not in within:
        for name, field in annotation.model_fields.items():
            yield f"{annotation.__name__}.{name}"
            yield from sayable(field.annotation, (*within, annotation))
    for inner in get_args(annotation) if get_origin(annotation) is not Literal else ():
        yield from sayable(inner, within)


def others(annotation: Any) -> Iterator[Any]:
    """Values of a type."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        yield from inner
    elif origin is tuple:
        yield from ([], *([value] for value in others(inner[0])))
    elif origin is dict:
        yield from ({}, *({"other": value} for value in others(inner[1])))
    elif annotation is bool:
        yield from (True, False)
    elif annotation in (int, float):
        yield from (1, 2, 3, 75, 88, 400)
    elif annotation is str:
        yield from TEXTS
    elif annotation is type(None):
        yield None
    for each in inner if origin in (Union, UnionType) or hasattr(annotation, "__metadata__") else ():
        yield from others(each)


def put(fields: Any, path: Path, value: Any) -> Any:
    """`fields` with `value` at `path`."""
    if not path:
        return value
    step, *rest = path
    changed = put(fields[step], tuple(rest), value)
    if isinstance(fields, dict):
        return {**fields, step: changed}
    return [changed if number == step else each for number, each in enumerate(fields)]


def heard(kind: type[ModelStack], fields: Fields, before: list[Any], path: Path, annotation: Any) -> bool:
    """Whether some other value at `path` means something else than what was meant `before`."""
    for value in INSTEAD.get(str(path[-1]), ()) or others(annotation):
        try:
            if meaning(kind, put(fields, path, value)) != before:
                return True
        except ValidationError:
            continue
    return False


def _is_value(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Value)


@pytest.mark.parametrize("kind", runtimes(), ids=lambda kind: kind.key())
def test_every_field_is_said_by_an_example(kind: type[ModelStack]) -> None:
    spoken = {name for fields in examples(kind) for _, name, _ in said(kind, fields)}
    assert set(sayable(kind)) - spoken - FILES - BOUND - REFUSED.get(kind.key(), set()) == set()


@pytest.mark.parametrize("kind", runtimes(), ids=lambda kind: kind.key())
def test_another_value_of_any_field_shows_or_is_refused(kind: type[ModelStack]) -> None:
    deaf: set[str] = set()
    loud: set[str] = set()
    for fields in examples(kind):
        before = meaning(kind, fields)
        for path, name, annotation in said(kind, fields):
            whole = any(sayable(annotation))  # its own fields are asked
            if name not in loud | FILES and not whole:
                (loud if heard(kind, fields, before, path, annotation) else deaf).add(name)
    assert deaf - loud <= BOUND


def test_a_field_that_is_dropped_is_found() -> None:
    class Deaf(ModelStack):
        unheard: int = 1

        def objects(self, context: Context) -> list[Fields]:
            return []

        def endpoints(self, context: Context) -> tuple[()]:
            return ()

    fields = {"name": "deaf", "owner": "science", "unheard": 2}
    before = meaning(Deaf, fields)
    assert not heard(Deaf, fields, before, ("unheard",), int)
    assert heard(Deaf, fields, before, ("name",), str)
