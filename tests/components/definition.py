"""Schemas of custom resources in short.

A text stands for a scalar's type, [x] for a list, {"*": x} for a map, and a key with ! is required."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml


def definitions(file: Path, kinds: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The definitions of `kinds` among those of a file."""
    return (yaml.load(text, yaml.CSafeLoader) for text in written(file, kinds))


def written(file: Path, kinds: Iterable[str]) -> Iterator[str]:
    """The same, as they stand there."""
    named = re.compile(f"^ +kind: ({'|'.join(kinds)})$", re.MULTILINE)
    texts = re.split("^---$", file.read_text(), flags=re.MULTILINE)
    return filter(named.search, texts)


def write(file: Path, shapes: dict[str, Any]) -> None:
    """Put them where the program reads them."""
    file.write_text(yaml.dump(shapes, default_flow_style=None, width=118, sort_keys=True))


def short(schema: dict[str, Any], seen: dict[str, Any]) -> Any:
    """What is there twice is one object, which YAML writes once."""
    found = _shape(schema, seen)
    return found if isinstance(found, str) else seen.setdefault(repr(found), found)


def _shape(schema: dict[str, Any], seen: dict[str, Any]) -> Any:
    if "properties" in schema:
        required = schema.get("required", ())
        inner = sorted(schema["properties"].items())
        return {f"{key}!" if key in required else key: short(each, seen) for key, each in inner}
    if "items" in schema:
        return [short(schema["items"], seen)]
    if isinstance(schema.get("additionalProperties"), dict):
        return {"*": short(schema["additionalProperties"], seen)}
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    return str(schema.get("type", "anything"))
