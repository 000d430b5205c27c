"""The definitions of KServe in short: `python -m tests.components.kserve.definition` writes them."""

import os
from pathlib import Path
from typing import Any

from components.kserve import shape
from tests.components.definition import definitions, short, write

CRD = Path("crds", "kserve.yaml")
PARTS = {
    "explainer": ("InferenceService", "explainer"),
    "graph": ("InferenceGraph",),
    "predictor": ("InferenceService", "predictor"),
    "servingRuntime": ("ServingRuntime",),
    "transformer": ("InferenceService", "transformer"),
}
"""What stacks give as KServe spells it: its kind, and where it stands below `spec`."""


def shapes(shared: Path) -> dict[str, Any]:
    """Each part in short."""
    documents = definitions(shared / CRD, {kind for kind, *_ in PARTS.values()})
    specs = {each["spec"]["names"]["kind"]: _spec(each) for each in documents}
    seen: dict[str, Any] = {}
    return {name: short(_at(specs[kind], path), seen) for name, (kind, *path) in PARTS.items()}


def _spec(definition: dict[str, Any]) -> dict[str, Any]:
    (version,) = definition["spec"]["versions"]
    return dict(version["schema"]["openAPIV3Schema"]["properties"].get("spec", {}))


def _at(schema: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for step in path:
        schema = schema["properties"][step]
    return schema


if __name__ == "__main__":
    write(shape.FILE, shapes(Path(os.environ["SLIPWAY_SHARED"])))
