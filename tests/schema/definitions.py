"""The definitions of custom resources, and whether an object is what its own allows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema

from components.unit import KubernetesObject
from tests.components.definition import definitions

Schemas = dict[tuple[str, str], jsonschema.Draft7Validator]
"""API version and kind to what judges by its schema."""


def load(folder: Path, kinds: Iterable[str]) -> Schemas:
    """The schemas of `kinds`, from the files of `folder`."""
    found: Schemas = {}
    for definition in (each for file in sorted(folder.glob("*.yaml")) for each in definitions(file, kinds)):
        spec = definition["spec"]
        for version in spec["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {"type": "object"}}
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = jsonschema.Draft7Validator(schema)
    return found


def judge(manifest: KubernetesObject, schemas: Schemas) -> None:
    """Raises ValidationError where the object is not what its definition allows, strictly."""
    schemas[manifest["apiVersion"], manifest["kind"]].validate(manifest)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as the API server applies it with strict validation: what it does not name is refused."""
    inner = {
        key: {name: closed(each) for name, each in value.items()} if key == "properties" else value
        for key, value in schema.items()
    }
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            inner[key] = closed(schema[key])
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    return inner if open_ended or "properties" not in schema else {**inner, "additionalProperties": False}
