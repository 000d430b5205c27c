"""The JSON Schema of an environment file, so that editors complete and check it."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from components import catalog
from components.addon import Addon
from components.cluster import Cluster
from components.context import Profile
from components.errors import SlipwayError
from components.mirror import Mirror
from components.model_stack import ModelStack
from infra.settings import PREFIX
from infra.terms import PolicyException

T = TypeVar("T")
JsonSchema = dict[str, Any]

ENCRYPTED: JsonSchema = {
    "description": "Encrypted: written by `pulumi config set --secret`, read by the Pulumi engine only.",
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}

_NAMESPACE: JsonSchema = {"description": "Where the model stacks live; models by default.", "type": "string"}
_REGISTRIES: JsonSchema = {
    "description": "Beginnings of the images that may run, such as registry.example.com/mirror.",
    "type": "array",
    "items": {"type": "string"},
}
_SOURCES: JsonSchema = {
    "description": "Beginnings of the URIs of models that may be served, such as s3://models.",
    "type": "array",
    "items": {"type": "string"},
}
_S3_ENDPOINT: JsonSchema = {
    "description": "Where models of s3:// are read, if not at Amazon's: http://minio.storage.svc:9000.",
    "type": "string",
}
_REGISTRY: JsonSchema = {
    "description": "The MLflow tracking server that knows mlflow://NAME@ALIAS: https://mlflow.example.com.",
    "type": "string",
}


def schema() -> JsonSchema:
    """JSON Schema (draft 2020-12) of Pulumi.<environment>.yaml.

    It knows every kind and model stack that the catalog has; a kind whose library is not installed here may choose
    anything. Checks that weigh several fields against each other stay with the values. Raises SlipwayError where a
    module of the catalog is broken.
    """
    clusters = _kinds("components.clusters", Cluster)
    addons = _kinds("components.addons", Addon)
    stacks = {name: catalog.instance("model_stacks", name, ModelStack) for name in catalog.names("model_stacks")}
    specs = {name: kind if isinstance(kind, SlipwayError) else kind.Spec for name, kind in clusters.items()}
    runtimes = {name: type(stack) for name, stack in stacks.items()}
    kinds, defined = _defined("kind", _Complete, [*specs.values(), *addons.values(), Mirror, PolicyException])
    overrides, partial = _defined("stack", _Override, [*runtimes.values()])
    sections = {
        "cluster": _cluster({name: _choice(kinds, spec, clusters[name]) for name, spec in specs.items()}),
        "addons": _any_of("Add-ons, each with its choices.", {n: _choice(kinds, a, a) for n, a in addons.items()}),
        "models": _any_of(
            "Model stacks, each with choices over its own.",
            {name: _override(overrides[runtime], name) for name, runtime in runtimes.items()},
        ),
    }
    profile = {"description": "How much it may cost, and how careless it may be.", "enum": list(get_args(Profile))}
    exceptions = {"description": "Who may break a rule of policy.", "type": "array", "items": kinds[PolicyException]}
    stores = {"sources": _SOURCES, "s3_endpoint": _S3_ENDPOINT, "model_registry": _REGISTRY}
    agreed = {"profile": profile, "mirror": kinds[Mirror], "namespace": _NAMESPACE, **stores}
    judged = {"exceptions": exceptions, "registries": _REGISTRIES}
    return _file({**sections, **agreed, **judged}, defined | partial)


def _file(sections: Mapping[str, JsonSchema], definitions: JsonSchema) -> JsonSchema:
    config = {
        "description": "Configuration; every key is <namespace>:<name>.",
        "type": "object",
        "properties": {f"{PREFIX}{name}": section for name, section in sections.items()},
        "patternProperties": {f"^(?!{PREFIX})[^:]+:.": True},
        "required": [f"{PREFIX}cluster"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Slipway environment",
        "description": "Pulumi.<environment>.yaml: a cluster, its add-ons, and the models that it serves.",
        "type": "object",
        "properties": {
            "config": config,
            "encryptionsalt": {"description": "Written by Pulumi.", "type": "string"},
            "encryptedkey": {"description": "Written by Pulumi.", "type": "string"},
            "secretsprovider": {"description": "What encrypts: passphrase, awskms://...", "type": "string"},
            "environment": {"description": "Pulumi ESC environments to import.", "type": ["array", "object"]},
        },
        "required": ["config"],
        "$defs": definitions,
    }


def _cluster(kinds: Mapping[str, JsonSchema]) -> JsonSchema:
    return {**_any_of("The cluster: one kind, with its choices.", kinds), "minProperties": 1, "maxProperties": 1}


def _any_of(text: str, properties: Mapping[str, JsonSchema]) -> JsonSchema:
    return {"description": text, "type": "object", "properties": properties, "additionalProperties": False}


def _choice(references: Mapping[type, JsonSchema], choices: Any, kind: Any) -> JsonSchema:
    """What an environment may say about `kind`; nothing, where no choice is required."""
    if isinstance(choices, SlipwayError):
        return {"description": str(choices), "type": ["object", "null"]}
    described = {"description": inspect.getdoc(kind)}
    if any(field.is_required() for field in choices.model_fields.values()):
        return {**described, **references[choices]}
    return {**described, "anyOf": [references[choices], {"type": "null"}]}


def _override(reference: JsonSchema, stack: str) -> JsonSchema:
    text = inspect.getdoc(sys.modules[f"model_stacks.{stack}"])
    return {"description": text, "anyOf": [reference, {"type": "null"}]}


def _kinds(package: str, of: type[T]) -> dict[str, type[T] | SlipwayError]:
    """Every kind that `package` offers; in place of one whose library is missing, the error that says so."""
    return {name: _kind(package, name, of) for name in catalog.names(package)}


def _kind(package: str, name: str, of: type[T]) -> type[T] | SlipwayError:
    try:
        return catalog.kind(package, name, of)
    except SlipwayError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            return error
        raise


def _defined(
    prefix: str, generator: type[GenerateJsonSchema], models: list[Any]
) -> tuple[dict[type, JsonSchema], JsonSchema]:
    """A reference to each model's schema, and the definitions that they refer to, their names made distinct."""
    wanted = dict.fromkeys(model for model in models if isinstance(model, type))
    references, found = models_json_schema(
        [(model, "validation") for model in wanted],
        ref_template=f"#/$defs/{prefix}.{{model}}",
        schema_generator=generator,
    )
    definitions = {f"{prefix}.{name}": definition for name, definition in found.get("$defs", {}).items()}
    return {model: references[model, "validation"] for model in wanted}, definitions


class _Complete(GenerateJsonSchema):
    """The schema of a value as it is written in an environment file."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchema:
        text = super().str_schema(schema)
        return text if "pattern" in text else {"anyOf": [text, ENCRYPTED]}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchema:
        written = super().model_schema(schema)
        for field, text in _docstrings(schema["cls"]):
            written["properties"][field]["description"] = text
        return written


class _Override(_Complete):
    """The schema of choices over a value that is there: nothing is required, and defaults are that value's."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchema:
        written = super().dict_schema(schema)
        written.pop("minProperties", None)
        return written


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each field's docstring, the most derived last."""
    bases = (base for base in reversed(model.__mro__) if issubclass(base, BaseModel) and base is not BaseModel)
    return ((name, text) for base in bases for name, text in _said(base) if name in model.model_fields)


@cache
def _said(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """What stands below each of the class's own fields.

    Read here because pydantic's `use_attribute_docstrings` reads sources at every import: 76 ms became 107 ms.
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0].body  # type: ignore[attr-defined]
    found = []
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found.append((name, inspect.cleandoc(words)))
    return tuple(found)
