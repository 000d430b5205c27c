"""No field of a stack is dropped in silence: each is said here by one of the examples, and another value of it shows
in the objects, in what the stack needs and where it is called, or is refused."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import ValidationError

from components import catalog
from components.context import Collector, Context, Conventions, Gateway, Opening, Traits
from components.mesh import AMBIENT
from components.model_server import ModelServer
from components.model_stack import ModelStack
from components.values import Value, merged

Fields = dict[str, Any]
Path = tuple[str | int, ...]

CANDIDATE: Fields = {"candidate": {"startup_seconds": 77}}
PACE: Fields = {"window_seconds": 60, "period_seconds": 30, "percent": 20, "pods": 7}
QUERY: Fields = {"query": "sum(waiting)", "target": 5, "wakes": 3}
METRIC: Fields = {"kind": "external", "name": "waiting", "target": "5", "labels": {"queue": "iris"}}
MARK: Fields = {"name": "x-version", "value": "b"}
JWT: Fields = {"issuer": "https://login.example.it", "jwks": "https://login.example.it/keys", "audiences": ["a"]}
NGINX: Fields = {"host": "models.example.it", "path": "/iris", "ingress_class": "nginx", "strip_path": True}
SERVERS: tuple[Fields, ...] = (
    {"reads": ["s3://models/a"], "credentials": "keys", "startup_seconds": 60, "image": "example.com/server:1"},
    {"replicas": 3, "resources": {"cpu": "1", "cpu_limit": "2", "memory": "1Gi", "gpus": 1}},
    {"resources": {"gpus": 1}, "placement": {"pool": "a", "gpu": "nvidia-l4", "spot": True, "spare_gpus": True}},
    {"placement": {"node_labels": {"a": "b"}, "priority_class": "high"}},
    {"placement": {"tolerations": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}},
    {"autoscaling": {"min_replicas": 1, "max_replicas": 9, "cpu_percent": 50, "memory_percent": 50}},
    {"autoscaling": {"max_replicas": 9, "scale_up": PACE, "scale_down": PACE, "metrics": [METRIC]}},
    {"autoscaling": {"max_replicas": 9, "gpu_percent": 50, "requests_in_flight": 4}, "resources": {"gpus": 1}},
    {"autoscaling": {"min_replicas": 0, "max_replicas": 9, "queries": [QUERY]}},
    {"replicas": 4, "traffic": {"canary": {"weight": 50, **CANDIDATE}}},
    {"replicas": 4, "traffic": {"canary": {"steps": [25, 50], "step": 1, **CANDIDATE}}},
    {"replicas": 4, "traffic": {"ab": {"weight": 25, **CANDIDATE}}},
    {"traffic": {"ab": {"header": MARK, **CANDIDATE}}},
    {"traffic": {"ab": {"cookie": MARK, **CANDIDATE}}},
    {"traffic": {"shadow": {"copied": 50, **CANDIDATE}}},
    {"traffic": {"blue_green": {"live": "stable", **CANDIDATE}}},
    {"route": {"host": "models.example.it", "path": "/iris", "strip_path": True, "timeout_seconds": 9, "jwt": JWT}},
    {"route": {**NGINX, "tls_secret": "a", "basic_auth": "keys", "retries": {"attempts": 2, "posts_too": False}}},
    {"route": {**NGINX, "issuer": "acme", "requests_per_second": 9}},
    {"expose": {"load_balancer": "shown at a conference"}},
)
"""What every model server understands; together they say each of its fields."""
MODELS: tuple[Fields, ...] = (
    {"answer": {"outputs": []}, "sample": {}},
    {"artefact": None, "uri": "https://models.example.it/a/model"},
)
"""What is said of a model, where a runtime has the field `models`."""
OWN: dict[str, tuple[Fields, ...]] = {}
"""What a runtime has beside that, by its key."""

TEXTS = (
    *("other", "other.example.it", "/other", "3", "3Gi", "example.com/other:9", "https://other.example.it/a"),
    *("s3://other/a", "NoExecute", "because people ask for it"),
)
"""Among them is one for each constraint that a text may have."""
INSTEAD: dict[str, tuple[Any, ...]] = {
    "candidate": ({"startup_seconds": 88},),
    "sample": ({"inputs": [1]},),
    "answer": ({"outputs": [1]},),
    "uri": ("https://models.example.it/a/other",),
    "steps": ([30, 60], [50, 75]),
}
"""By the name of a field: other values, where its type says too little. A weight must be one that replicas can give."""
ARTEFACT = {"artefact", "sha256", "path"}
"""Changed by tests/components/test_artefact.py: another file, or its digest, is another ConfigMap, or refused."""

GATEWAY = Gateway(namespace="gateway-api", name="models", listener="http", istio=True)
CLOUD = Traits(
    store_schemes=("s3",), identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),), metrics_adapter=True
)
CONTEXTS = (
    Context(traits=CLOUD),
    Context(conventions=Conventions(profile="laptop", nginx_class="nginx")),
    Context(
        conventions=Conventions(
            gateway=GATEWAY, mesh=AMBIENT, traces=Collector(namespace="tracing", service="collector", port=4317)
        )
    ),
    Context(conventions=Conventions(gateway=GATEWAY.model_copy(update={"istio": False}))),
)


def runtimes() -> list[ModelStack]:
    """A stack of each runtime, from the models of this repository."""
    found = (catalog.instance("model_stacks", name, ModelStack) for name in catalog.names("model_stacks"))
    return list({type(stack): stack for stack in found}.values())


def examples(stack: ModelStack) -> Iterator[Fields]:
    """What stacks of this runtime say; together they say everything."""
    start = stack.model_dump(exclude_unset=True, exclude={"replicas", "autoscaling"})
    models = [{"models": dict.fromkeys(start.get("models", ()), each)} for each in MODELS]
    for choices in (*models, *(SERVERS if isinstance(stack, ModelServer) else ()), *OWN.get(stack.key(), ())):
        yield merged(start, choices)


def meaning(kind: type[ModelStack], fields: Fields) -> list[Any]:
    """All that a stack says in every kind of environment. Raises ValidationError where it is refused at once."""
    stack, found = kind.model_validate(fields), list[Any]()
    for context in CONTEXTS:
        mistakes = list(stack.mistakes(context))
        found += [mistakes, stack.needs(context), stack.claims(context), stack.by_identity(context)]
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


def sayable(annotation: Any) -> Iterator[str]:
    """Each field of a type and of the types that it is made of, by the name of the type that has it."""
    if _is_value(annotation):
        for name, field in annotation.model_fields.items():
            yield f"{annotation.__name__}.{name}"
            yield from sayable(field.annotation)
    for inner in get_args(annotation) if get_origin(annotation) is not Literal else ():
        yield from sayable(inner)


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


def heard(kind: type[ModelStack], fields: Fields, path: Path, annotation: Any) -> bool:
    """Whether some other value at `path` means something else."""
    before = meaning(kind, fields)
    for value in INSTEAD.get(str(path[-1]), ()) or others(annotation):
        try:
            if meaning(kind, put(fields, path, value)) != before:
                return True
        except ValidationError:
            continue
    return False


def _is_value(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Value)


@pytest.mark.parametrize("stack", runtimes(), ids=lambda stack: stack.key())
def test_every_field_is_said_by_an_example(stack: ModelStack) -> None:
    spoken = {name for fields in examples(stack) for _, name, _ in said(type(stack), fields)}
    wanted = {name for name in sayable(type(stack)) if name.rpartition(".")[2] not in ARTEFACT}
    assert wanted - spoken == set()


@pytest.mark.parametrize("stack", runtimes(), ids=lambda stack: stack.key())
def test_another_value_of_any_field_shows_or_is_refused(stack: ModelStack) -> None:
    deaf: set[str] = set()
    loud: set[str] = set()
    for fields in examples(stack):
        for path, name, annotation in said(type(stack), fields):
            whole = any(sayable(annotation))  # its own fields are asked
            if name not in loud and not whole and not ARTEFACT & set(map(str, path)):
                (loud if heard(type(stack), fields, path, annotation) else deaf).add(name)
    assert deaf - loud == set()


def test_a_field_that_is_dropped_is_found() -> None:
    class Deaf(ModelStack):
        unheard: int = 1

        def objects(self, context: Context) -> list[Fields]:
            return []

        def endpoints(self, context: Context) -> tuple[()]:
            return ()

    fields = {"name": "deaf", "owner": "science", "unheard": 2}
    assert not heard(Deaf, fields, ("unheard",), int)
    assert heard(Deaf, fields, ("name",), str)
