"""An InferenceGraph v1alpha1, as a stack of the runtime `kserve_graph`."""

from typing import Any

from pydantic.alias_generators import to_camel

from components.addons.kserve import API
from components.kserve.graph import GraphNode
from components.model_stack import ModelStack
from components.runtimes.kserve_graph import KServeGraph
from components.unit import KubernetesObject
from infra.imports.compare import Path
from infra.imports.source import Draft, Objects, Source
from infra.imports.spelled import fields

ABSENT = ("mapPredictionsToInstances", False)
"""What a step means that does not say it."""


def stack(graph: KubernetesObject, _others: Objects, draft: Draft) -> KServeGraph:
    """The stack that emits it. Raises ValidationError where none does."""
    metadata, router = graph["metadata"], dict(graph.get("spec") or {})
    said = {
        "name": metadata["name"],
        "owner": draft.owner,
        "nodes": _nodes(router.pop("nodes", {})),
        "router": router,
        "annotations": metadata.get("annotations", {}),
        "object_labels": metadata.get("labels", {}),
        "hardened": False,
    }
    return KServeGraph.model_validate(said)


def _nodes(found: Any) -> Any:
    """By names that are their own."""
    return {name: fields(GraphNode, node, {}) for name, node in found.items()} if isinstance(found, dict) else found


def place(path: Path) -> Path:
    """As KServe spells it."""
    if not path or path[0] in ("name", "object_labels", "annotations"):
        return ("metadata", *path) if path else path
    if path[0] == "router":
        return ("spec", *path[1:])
    return ("spec", *path[:2], *(to_camel(each) if isinstance(each, str) else each for each in path[2:]))


def filled(manifest: KubernetesObject) -> KubernetesObject:
    """Without what steps mean anyway."""
    return {**manifest, "spec": _without(manifest.get("spec", {}))}


def _without(node: Any) -> Any:
    if isinstance(node, list):
        return [_without(each) for each in node]
    return {k: _without(v) for k, v in node.items() if (k, v) != ABSENT} if isinstance(node, dict) else node


def hardening(found: ModelStack) -> list[str]:
    """All of it at once."""
    assert isinstance(found, KServeGraph)
    return [] if found.hardened else ["hardened"]


SOURCE = Source(
    "InferenceGraph", f"{API}/v1alpha1", KServeGraph, lambda *_: [], stack, filled, place, hardening, labelled=True
)
