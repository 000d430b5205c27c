"""The definition of SeldonDeployment v1 in short: `python -m tests.components.seldon.definition` writes it.

A text stands for a scalar's type, [x] for a list, {"*": x} for a map, and a key with ! is required."""

import os
from pathlib import Path
from typing import Any

import yaml

from components.seldon import shape

CRD = Path("crds", "seldon-core-v1.yaml")
PARTS = {
    "containerSpec": ("explainer", "containerSpec"),
    "env": ("svcOrchSpec", "env"),
    "hpaSpec": ("componentSpecs", 0, "hpaSpec"),
    "kedaSpec": ("componentSpecs", 0, "kedaSpec"),
    "podSpec": ("componentSpecs", 0, "spec"),
    "resources": ("svcOrchSpec", "resources"),
}
"""What stacks give as Kubernetes spells it, and where it stands below a predictor."""


def predictor(shared: Path) -> dict[str, Any]:
    """The schema of a predictor."""
    (definition,) = yaml.load_all((shared / CRD).read_text(), yaml.CSafeLoader)
    versions = {each["name"]: each["schema"]["openAPIV3Schema"] for each in definition["spec"]["versions"]}
    found: dict[str, Any] = versions["v1"]["properties"]["spec"]["properties"]["predictors"]["items"]
    return found


def shapes(shared: Path) -> dict[str, Any]:
    """Each part in short."""
    seen: dict[str, Any] = {}
    return {name: _short(_at(predictor(shared), path), seen) for name, path in PARTS.items()}


def _at(schema: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    for step in path:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema


def _short(schema: dict[str, Any], seen: dict[str, Any]) -> Any:
    """What is there twice is one object, which YAML writes once."""
    found = _shape(schema, seen)
    return found if isinstance(found, str) else seen.setdefault(repr(found), found)


def _shape(schema: dict[str, Any], seen: dict[str, Any]) -> Any:
    if "properties" in schema:
        required = schema.get("required", ())
        inner = sorted(schema["properties"].items())
        return {f"{key}!" if key in required else key: _short(each, seen) for key, each in inner}
    if "items" in schema:
        return [_short(schema["items"], seen)]
    if isinstance(schema.get("additionalProperties"), dict):
        return {"*": _short(schema["additionalProperties"], seen)}
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    return str(schema.get("type", "anything"))


if __name__ == "__main__":
    text = yaml.dump(shapes(Path(os.environ["SLIPWAY_SHARED"])), default_flow_style=None, width=118, sort_keys=True)
    shape.FILE.write_text(text)
