"""Manifests in the style of their projects' examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
Objects = list[dict[str, Any]]


def cases() -> Iterator[tuple[str, Objects]]:
    """The name of each case, and its objects."""
    for name, spec in _read("seldon"):
        yield f"seldon: {name}", [_custom("machinelearning.seldon.io/v1", "SeldonDeployment", spec)]
    for name, spec in _read("kserve"):
        yield f"kserve: {name}", [_custom("serving.kserve.io/v1beta1", "InferenceService", spec)]
    for name, spec in _read("graphs"):
        yield f"graph: {name}", [_custom("serving.kserve.io/v1alpha1", "InferenceGraph", spec)]
    for name, said in _read("deployments"):
        yield f"deployment: {name}", [_deployment(**said), *said.get("others", [])]


def _read(file: str) -> Iterator[tuple[str, Any]]:
    yield from yaml.load((FOLDER / f"{file}.yaml").read_text(), yaml.CSafeLoader).items()


def _custom(api: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "api", "labels": {"app": "api"}, "annotations": {"team": "risk"}}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def _deployment(pod: dict[str, Any], spec: dict[str, Any] | None = None, **_: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "api", "version": "v1"}, "annotations": {"a": "b"}}, "spec": pod}
    own = {"selector": {"matchLabels": {"app": "api"}}, "template": template, **(spec or {})}
    metadata = {"name": "api", "labels": {"app": "api", "team": "risk"}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": own}
