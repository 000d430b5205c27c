"""What stands in a SeldonDeployment as Kubernetes itself spells it, held against the definition's own schema.

The API server drops what the definition does not know, such as fields of a PodSpec that are newer than Seldon Core.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.errors import nearest

FILE = Path(__file__).with_name("shapes.yaml")
"""The schema in short, as tests/components/seldon/definition.py reads it off the definition."""

_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "integer or string": (int, str),
}


def checked(part: str) -> Callable[[Any], Any]:
    """A validator of `part`, such as podSpec: raises ValueError with all that the definition would refuse or drop."""

    def check(value: Any) -> Any:
        if found := list(mistakes(_shapes()[part], value, "")):
            raise ValueError("; ".join(found))
        return value

    return check


@cache
def _shapes() -> dict[str, Any]:
    return dict(yaml.load(FILE.read_text(), yaml.CSafeLoader))


def mistakes(shape: Any, value: Any, path: str) -> Iterator[str]:
    """What is wrong with `value`, each with its path and cure."""
    if isinstance(shape, list):
        yield from _in_list(shape[0], value, path)
    elif isinstance(shape, dict):
        yield from _in_mapping(shape, value, path)
    elif shape in _TYPES and (not isinstance(value, _TYPES[shape]) or isinstance(value, bool) != (shape == "boolean")):
        yield f"{path}: got {value!r:.60}. Give a value of type {shape}"


def _in_list(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: got {value!r:.60}. Give a list"
    else:
        for number, each in enumerate(value):
            yield from mistakes(shape, each, f"{path}[{number}]")


def _in_mapping(shape: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: got {value!r:.60}. Give a mapping"
        return
    known = {key.removesuffix("!"): inner for key, inner in shape.items()}
    for key, inner in value.items():
        here = f"{path}.{key}".lstrip(".")
        if key in known or "*" in known:
            yield from mistakes(known.get(key, known.get("*")), inner, here)
        else:
            yield f"{here}: SeldonDeployments have no such field. {nearest(str(key), known)}"
    for key in known:
        if f"{key}!" in shape and key not in value:
            yield f"{path}.{key}".lstrip(".") + ": is required. Add it"
