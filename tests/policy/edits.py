"""Edits of objects, by which tests break them."""

from copy import deepcopy
from typing import Any, NamedTuple

REMOVE = object()
"""Instead of a value: take what is there away."""

Manifest = dict[str, Any]


class Edit(NamedTuple):
    """Put `value` at `path` of the object `target` ('Kind/name'), or of each object of that kind ('Kind').

    An empty path means the object itself.
    """

    target: str
    path: tuple[str | int, ...]
    value: Any


def edited(objects: list[Manifest], *edits: Edit) -> list[Manifest]:
    """`objects` with the edits made to copies of those that they change."""
    found = {label(each): each for each in objects}
    aims = [(each, edit) for edit in edits for each in _aims(found, edit.target)]
    found |= {each: deepcopy(found[each]) for each, edit in aims if each in found}
    for each, edit in aims:
        _put(found, (each, *edit.path), edit.value)
    return list(found.values())


def _aims(found: Manifest, target: str) -> list[str]:
    return [each for each in found if each.rpartition("/")[0] == target] or [target]


def label(item: Manifest) -> str:
    """What edits call an object: 'Deployment/iris', 'aws:eks/cluster:Cluster/eks'."""
    return f"{item['kind']}/{item['metadata']['name']}" if "kind" in item else f"{item['type']}/{item['name']}"


def kin(objects: list[Manifest], target: str) -> list[Manifest]:
    """Those of `objects` that stand on the same ground as an edit's target: Kubernetes, or one cloud."""
    return [each for each in objects if _ground(label(each)) == _ground(target)]


def _ground(target: str) -> str:
    provider, colon, _ = target.partition(":")
    return provider if colon else "kubernetes"


def _put(node: Any, path: tuple[str | int, ...], value: Any) -> None:
    *steps, last = path
    for step in steps:
        node = node[step]
    if value is REMOVE:
        del node[last]
    elif isinstance(node, list) and last == len(node):
        node.append(value)
    else:
        node[last] = value
