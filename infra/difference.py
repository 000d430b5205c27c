"""What bringing an environment up would change, object by object."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from components import yaml_text
from components.unit import KubernetesObject
from infra.inventory import Identity, identity
from infra.objects import Absent, Objects, Refused

Action = Literal["create", "change", "replace", "delete", "refuse"]
NOT_OURS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
"""What the API server writes into the metadata of an object by itself."""
COPY = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which kubectl may have kept all of an object, secrets included."""


class Change(NamedTuple):
    """What happens to one object. `diff`: a unified diff of its YAML; `note`: what else a reader should know."""

    action: Action
    kind: str
    name: str
    diff: str = ""
    note: str = ""


def changes(objects: Objects, wanted: Iterable[KubernetesObject], unwanted: Iterable[Identity]) -> Iterator[Change]:
    """What applying `wanted` and deleting `unwanted` would change. Raises SlipwayError where the cluster is silent."""
    for manifest in wanted:
        yield from _applied(objects, manifest)
    for each in unwanted:
        if objects.get(each):
            yield Change("delete", each.kind, each.place)


def compared(now: KubernetesObject, then: KubernetesObject) -> str:
    """A unified diff of two states of one object, no value of a Secret in it; empty where they are the same."""
    now, then = _said(now), _said(then)
    if now == then:
        return ""
    if now.get("kind") == "Secret":
        now, then = _masked(now, then, "now"), _masked(then, now, "then")
    before, after = (yaml_text.dump(each).splitlines() for each in (now, then))
    return "\n".join(difflib.unified_diff(before, after, "now", "then", lineterm="", n=2))


def _applied(objects: Objects, manifest: KubernetesObject) -> Iterator[Change]:
    of = identity(manifest)
    try:
        now = objects.get(of)
        then = objects.applied(manifest)
    except Absent as error:
        yield Change("create", of.kind, of.place, note=f"not checked: {error}")
    except Refused as error:
        yield Change("refuse", of.kind, of.place, note=str(error))
    else:
        if now is None:
            yield Change("create", of.kind, of.place)
        elif diff := compared(now, then):
            yield Change("change", of.kind, of.place, diff)


def _said(manifest: KubernetesObject) -> KubernetesObject:
    """Without what the cluster writes into it."""
    metadata = {key: value for key, value in manifest.get("metadata", {}).items() if key not in NOT_OURS}
    if "annotations" in metadata:
        metadata["annotations"] = {key: text for key, text in metadata["annotations"].items() if key != COPY}
    return {key: metadata if key == "metadata" else value for key, value in manifest.items() if key != "status"}


def _masked(secret: KubernetesObject, other: KubernetesObject, when: str) -> KubernetesObject:
    """A Secret without its values: of each is told whether the other has the same."""

    def hidden(part: str) -> Any:
        values, there = secret[part], other.get(part) or {}
        if not isinstance(values, dict):
            return values  # the engine has hidden it as a whole
        return {key: "***" if there.get(key) == value else f"*** ({when})" for key, value in values.items()}

    return {**secret, **{part: hidden(part) for part in ("data", "stringData") if part in secret}}
