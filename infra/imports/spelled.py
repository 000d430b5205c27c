"""What a definition spells in camelCase, as the fields of our values."""

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo


def fields(model: type[BaseModel], node: Any, renamed: dict[str, str]) -> Any:
    """`node` with the names of `model`'s fields, and of the values in them; a key that is no field stays.

    `renamed` has the names that are not the camelCase of their field.
    """
    if isinstance(node, list):
        return [fields(model, each, renamed) for each in node]
    if not isinstance(node, dict):
        return node
    names = {_alias(name, field): name for name, field in model.model_fields.items()} | _there(model, renamed)
    return {names.get(key, key): _inner(model, names.get(key), value, renamed) for key, value in node.items()}


def _alias(name: str, field: FieldInfo) -> str:
    return field.serialization_alias or to_camel(name)


def _there(model: type[BaseModel], renamed: dict[str, str]) -> dict[str, str]:
    return {key: name for key, name in renamed.items() if name in model.model_fields}


def _inner(model: type[BaseModel], name: str | None, value: Any, renamed: dict[str, str]) -> Any:
    found = next(_models(model.model_fields[name].annotation), None) if name else None
    return fields(found, value, renamed) if found else value


def _models(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)
