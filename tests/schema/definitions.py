"""The definitions of custom resources, and whether an object is what its own allows."""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from components.unit import KubernetesObject

Schemas = dict[tuple[str, str], dict[str, Any]]
"""API version and kind to schema."""


def load(folder: Path, kinds: Iterable[str]) -> Schemas:
    """The schemas of `kinds`, from the files of `folder` that define any of them."""
    needed = [f"kind: {kind}\n" for kind in sorted(kinds)]
    texts = (path.read_text() for path in sorted(folder.glob("*.yaml")))
    found: Schemas = {}
    for text in (text for text in texts if any(each in text for each in needed)):
        for definition in yaml.load_all(text, yaml.CSafeLoader):
            spec = definition["spec"]
            for version in spec["versions"]:
                api = f"{spec['group']}/{version['name']}"
                found[api, spec["names"]["kind"]] = closed(version["schema"]["openAPIV3Schema"])
    return found


def judge(manifest: KubernetesObject, schemas: Schemas) -> None:
    """Raises ValidationError where the object is not what its definition allows, strictly."""
    schema = deepcopy(schemas[manifest["apiVersion"], manifest["kind"]])
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {"type": "object"}}
    jsonschema.Draft7Validator(schema).validate(manifest)


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
