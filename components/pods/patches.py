"""What a stack says of its objects past its own fields: JSON merge patches (RFC 7386), checked by Kubernetes' types."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from components.errors import Mistake, YamlPath, nearest
from components.mistakes import refused
from components.unit import KubernetesObject

TYPES = {
    "Container": "V1Container",
    "Pod": "V1PodSpec",
    "ConfigMap": "V1ConfigMap",
    "Deployment": "V1Deployment",
    "HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler",
    "NetworkPolicy": "V1NetworkPolicy",
    "PodDisruptionBudget": "V1PodDisruptionBudget",
    "Service": "V1Service",
    "ServiceAccount": "V1ServiceAccount",
}
"""What can be patched, and what Kubernetes' client calls its type: Container is the server's, Pod the spec of a pod."""
_LOOSENING = {"securityContext", "hostNetwork", "hostPID", "hostIPC", "hostPath", "automountServiceAccountToken"}
_SCALARS: dict[str, Any] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": int | float,
    "bytes": str,
    "datetime": str,
    "object": object,
}


def _checked(patches: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any] | None]:
    if wrong := list(_wrong(patches)):
        raise refused(wrong)
    return patches


def _wrong(patches: Mapping[str, Any]) -> Iterator[Mistake]:
    for kind, patch in patches.items():
        if kind not in TYPES:
            yield Mistake((kind,), f"is no object of a stack. {nearest(kind, TYPES)}")
        elif patch is None and kind in ("Container", "Pod", "Deployment"):
            yield Mistake((kind,), "cannot be left out. Patch it")
        else:
            yield from strange(patch, TYPES[kind], (kind,))


Patches = Annotated[dict[str, dict[str, Any] | None], AfterValidator(_checked)]
"""Kind to patch: mappings are merged, a null removes a key, anything else replaces. A null for a kind leaves it out."""


def loosening(patches: Mapping[str, Any]) -> bool:
    """Whether they may let its pods, or others who call them, do more."""
    return "NetworkPolicy" in patches or any(key in _LOOSENING for key in _keys(patches))


def patched(objects: list[KubernetesObject], patches: Mapping[str, Any]) -> list[KubernetesObject]:
    """Each object with what its kind's patch says."""
    kept = (each for each in objects if patches.get(each["kind"], {}) is not None)
    return [merge(_inside(each, patches), patches.get(each["kind"], {})) for each in kept]


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386, section 2."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merge(found.get(key), value)
    return found


def _inside(manifest: KubernetesObject, patches: Mapping[str, Any]) -> KubernetesObject:
    if manifest["kind"] != "Deployment":
        return manifest
    first, *others = manifest["spec"]["template"]["spec"]["containers"]
    containers = {"containers": [merge(first, patches.get("Container", {})), *others]}
    return dict(merge(manifest, {"spec": {"template": {"spec": {**containers, **patches.get("Pod", {})}}}}))


def _keys(node: Any) -> Iterator[str]:
    for inner in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _keys(inner)
    if isinstance(node, Mapping):
        yield from node


def strange(node: Any, kind: str, path: YamlPath) -> Iterator[Mistake]:
    """What is not of type `kind`, as Kubernetes' client names types."""
    inner = re.fullmatch(r"(List|Dict)\[(?:str, )?(.+)\]", kind)
    if node is None:
        return
    if kind in _SCALARS:
        if not isinstance(node, _SCALARS[kind]) or (kind == "int" and isinstance(node, bool)):
            yield Mistake(path, f"must be of type {kind}, got {node!r:.40}")
    elif inner and inner[1] == "List":
        yield from _each(enumerate(node) if isinstance(node, list) else None, inner[2], path, "a list")
    elif inner:
        items = ((str(key), value) for key, value in node.items()) if isinstance(node, dict) else None
        yield from _each(items, inner[2], path, "a mapping")
    else:
        yield from _fields(node, kind, path)


def _each(items: Any, kind: str, path: YamlPath, expected: str) -> Iterator[Mistake]:
    if items is None:
        yield Mistake(path, f"must be {expected}")
        return
    for key, value in items:
        yield from strange(value, kind, (*path, key))


def _fields(node: Any, kind: str, path: YamlPath) -> Iterator[Mistake]:
    from kubernetes import client  # a second's import, for the few stacks that have patches

    described = getattr(client, kind)
    types = {key: described.openapi_types[name] for name, key in described.attribute_map.items()}
    if not isinstance(node, dict):
        yield Mistake(path, "must be a mapping")
        return
    for key, value in node.items():
        if key in types:
            yield from strange(value, types[key], (*path, key))
        else:
            yield Mistake((*path, str(key)), f"is unknown. {nearest(str(key), types)}")
