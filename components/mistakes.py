"""What pydantic found wrong, said as object, fact and cure."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails

from components.errors import Mistake, YamlPath, nearest
from components.values import SECRET

_WORDS = {
    "missing": "is required. Add it",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a number that is not infinite",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "invalid_key": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_pattern_mismatch": "must have the shape {pattern}",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
}
_COUNTS = {
    "too_long": "has {count}, and takes at most {max_length}. Leave some out",
    "too_short": "has {count}, and needs at least {min_length}. Add some",
}
_USER = re.compile(r"(?<=://)[^/@\s'\"]+(?=@)")
_QUERY = re.compile(r"(://[^\s'\"?]*\?)[^\s'\"]+")
"""What an address may carry that nobody should read: a user's password, a query's key."""
_KEY = "[key]"
"""What pydantic puts behind a key, where the key itself is wrong."""


def mistakes(error: ValidationError, model: type[BaseModel], prefix: YamlPath = ()) -> Iterator[Mistake]:
    """Each mistake of `error`, its path below `prefix`; unknown keys with the nearest key of `model`."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    for detail in details:
        place = detail["loc"]
        if detail["type"] in _COUNTS and any(each[: len(place)] == place != each for each in places):
            continue  # wrong entries are not counted: to mend them may mend the number too
        yield _mistake(detail, model, prefix)


def refused(found: Iterable[Mistake]) -> ValidationError:
    """Mistakes as pydantic tells them: raise it from a validator."""
    details = [
        InitErrorDetails(type="value_error", loc=each.path, input=None, ctx={"error": ValueError(each.message)})
        for each in found
    ]
    return ValidationError.from_exception_data("value", details)


def discreet(text: str) -> str:
    """A text without what its addresses carry that nobody should read."""
    return _QUERY.sub(rf"\1{SECRET}", _USER.sub(SECRET, text))


def shown(given: Any) -> str:
    """A value as a message shows it: no collection and no document, for those may hold a kubeconfig with its keys."""
    if isinstance(given, str):
        return "a text of several lines" if "\n" in given else discreet(repr(given))[:80]
    if isinstance(given, Mapping):
        return "a mapping"
    if isinstance(given, Collection):
        return "a list"
    return json.dumps(given, default=str)[:80]


def _mistake(detail: ErrorDetails, model: type[BaseModel], prefix: YamlPath) -> Mistake:
    path, message = detail["loc"], _message(detail, model)
    if detail["type"] == "invalid_key":
        return Mistake((*prefix, *path[:-1]), f"a key {message}")
    if path[-1:] != (_KEY,):
        return Mistake((*prefix, *path), message)
    named = path[:-1] if isinstance(detail["input"], str) else path[:-2]
    return Mistake((*prefix, *named), f"a key {message}" if named == path[:-2] else message)


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if given == SECRET:
        return "is encrypted, and must be known before anything is made. Write it in clear"
    if kind == "extra_forbidden":
        return _unknown(str(detail["loc"][-1]), _model_at(model, detail["loc"][:-1]))
    if kind == "value_error":
        return f"{_object(given)}{context['error']}"
    if kind in _COUNTS:
        return _COUNTS[kind].format(count=len(given), **context)
    words = _WORDS[kind].format(**context) if kind in _WORDS else _lowered(detail["msg"])
    return words if kind == "missing" else f"{words}; got {shown(given)}{_written(kind, given)}"


def _written(kind: str, given: Any) -> str:
    """The cure for what YAML takes for something else than is meant."""
    single = isinstance(given, bool | int | float | date)
    if kind in ("string_type", "invalid_key") and single:
        return ". Put it in quotes"
    if kind == "tuple_type" and (single or isinstance(given, str)):
        return ". Put it in brackets: [ ]"
    return ". Write its keys without '-'" if kind in ("dict_type", "model_type") and isinstance(given, list) else ""


def _object(given: Any) -> str:
    return f"{shown(given)} " if isinstance(given, str | int | float) and "\n" not in str(given) else ""


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _unknown(key: str, model: Any) -> str:
    """What a `model` says instead of a key of its neighbours, or its nearest key."""
    if told := getattr(model, "instead", {}).get(key):
        return str(told)
    return f"unknown key. {nearest(key, getattr(model, 'model_fields', ()))}"


def _model_at(model: type[BaseModel], path: YamlPath) -> Any:
    found: Any = model
    for part in path:
        found = _within(found, part)
    return next(_models(found), None)


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
