"""The definition of SeldonDeployment v1 in short: `python -m tests.components.seldon.definition` writes it."""

import os
from pathlib import Path
from typing import Any

from components.seldon import shape
from tests.components.definition import definitions, short, write

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
    (definition,) = definitions(shared / CRD, ["SeldonDeployment"])
    versions = {each["name"]: each["schema"]["openAPIV3Schema"] for each in definition["spec"]["versions"]}
    found: dict[str, Any] = versions["v1"]["properties"]["spec"]["properties"]["predictors"]["items"]
    return found


def shapes(shared: Path) -> dict[str, Any]:
    """Each part in short."""
    seen: dict[str, Any] = {}
    whole = predictor(shared)
    return {name: short(_at(whole, path), seen) for name, path in PARTS.items()}


def _at(schema: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    for step in path:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema


if __name__ == "__main__":
    write(shape.FILE, shapes(Path(os.environ["SLIPWAY_SHARED"])))
