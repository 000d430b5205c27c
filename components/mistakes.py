"""What pydantic found wrong, said as object, fact and cure."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.errors import Mistake, nearest
from components.values import SECRET

Path = tuple[str | int, ...]

_WORDS = {
    "missing": "is required. Add it",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text; quote it if it looks like a number",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}


def mistakes(error: ValidationError, model: type[BaseModel], prefix: Path = ()) -> Iterator[Mistake]:
    """Each mistake of `error`, its path below `prefix`; unknown keys with the nearest key of `model`."""
    for detail in error.errors(include_url=False):
        yield Mistake((*prefix, *(part for part in detail["loc"] if part != "[key]")), _message(detail, model))


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, given = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return f"unknown key. {nearest(str(detail['loc'][-1]), _keys(model, detail['loc'][:-1]))}"
    if kind == "value_error":
        return f"{_shown(given)}{detail['ctx']['error']}"
    words = _WORDS[kind].format(**detail.get("ctx", {})) if kind in _WORDS else _lowered(detail["msg"])
    return words if kind == "missing" else f"{words}; got {_quoted(given)}"


def _shown(given: Any) -> str:
    """What was given, unless it is a document: that may be a kubeconfig, with its keys."""
    return f"{_quoted(given)} " if isinstance(given, str | int | float) and "\n" not in str(given) else ""


def _quoted(given: Any) -> str:
    """The beginning of it, without what an address may carry: a user's password, a query's key."""
    return re.sub(r"(://)[^/@\s'\"]+(?=@)|(://[^\s'\"?]*\?)[^\s'\"]+", rf"\1\2{SECRET}", repr(given))[:80]


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    found: Any = model
    for part in path:
        found = _within(found, part)
    return list(getattr(next(_models(found), None), "model_fields", {}))


def _within(annotation: Any, part: str | int) -> Any:
    """The type of what stands at `part` of a value of type `annotation`."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (dict, list, tuple):
        return inner[1] if origin is dict else inner[0]
    if fields := getattr(annotation, "model_fields", {}):
        return fields[part].annotation if part in fields else None
    return next(filter(None, (_within(each, part) for each in inner)), None)


def _models(annotation: Any) -> Iterator[Any]:
    """The model types that an annotation mentions, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
