"""What stands in a custom resource as Kubernetes itself spells it, held against the definition's own schema.

The API server drops what the definition does not know, such as fields of a PodSpec that are newer than its operator.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.errors import Mistake, YamlPath, nearest
from components.mistakes import refused

_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "integer or string": (int, str),
}


Validator = Callable[[Any], Any]


def checker(file: Path, kind: str) -> Callable[[str], Validator]:
    """What makes the validator of a part, such as podSpec, of `kind`, whose schema `file` holds in short.

    A validator raises ValidationError with all that the definition would refuse or drop.
    """

    def checked(part: str) -> Validator:
        def check(value: Any) -> Any:
            if found := list(mistakes(_shapes(file)[part], value, (), kind)):
                raise refused(found)
            return value

        return check

    return checked


@cache
def _shapes(file: Path) -> dict[str, Any]:
    return dict(yaml.load(file.read_text(), yaml.CSafeLoader))


def mistakes(shape: Any, value: Any, path: YamlPath, kind: str) -> Iterator[Mistake]:
    """What is wrong with `value`, each with its path and cure."""
    if isinstance(shape, list):
        yield from _in_list(shape[0], value, path, kind)
    elif isinstance(shape, dict):
        yield from _in_mapping(shape, value, path, kind)
    elif shape in _TYPES and (not isinstance(value, _TYPES[shape]) or isinstance(value, bool) != (shape == "boolean")):
        yield Mistake(path, f"got {value!r:.60}. Give a value of type {shape}")


def _in_list(shape: Any, value: Any, path: YamlPath, kind: str) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield Mistake(path, f"got {value!r:.60}. Give a list")
    else:
        for number, each in enumerate(value):
            yield from mistakes(shape, each, (*path, number), kind)


def _in_mapping(shape: dict[str, Any], value: Any, path: YamlPath, kind: str) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield Mistake(path, f"got {value!r:.60}. Give a mapping")
        return
    known = {key.removesuffix("!"): inner for key, inner in shape.items()}
    for key, inner in value.items():
        if key in known or "*" in known:
            yield from mistakes(known.get(key, known.get("*")), inner, (*path, str(key)), kind)
        else:
            yield Mistake((*path, str(key)), f"{kind} have no such field. {nearest(str(key), known)}")
    for key in known:
        if f"{key}!" in shape and key not in value:
            yield Mistake((*path, key), "is required. Add it")
