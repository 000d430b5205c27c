"""A Deployment with what belongs to it, as a stack of the runtime `container`."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from components.model_stack import ModelStack
from components.runtimes.container import Container
from components.unit import KubernetesObject
from infra.imports import container, defaults
from infra.imports.compare import Path, patch
from infra.imports.source import Draft, Objects, Source
from infra.imports.workload import companions

REASON = "taken over as it was"
PATCHED = ("Service", "ServiceAccount", "HorizontalPodAutoscaler", "PodDisruptionBudget")
"""Kinds of ours that become the others' by a patch; what else there is goes beside."""
Choices = dict[str, Any]


def stack(deployment: KubernetesObject, others: Objects, draft: Draft) -> Container:
    """The stack that emits the Deployment and `others`. Raises Invalid or ValidationError where none does."""
    wanted = [defaults.bare(each) for each in (deployment, *others)]
    given = {"owner": draft.owner, "security": {"reason": REASON}, **container.required(wanted[0], wanted[1:])}
    optional = container.optional(wanted[0], wanted[1:])
    while True:
        optional = _sound(given, optional)
        choices = {**given, **optional}
        added = _departures(choices, wanted, draft)
        twice = [field for field in optional if _replaced(added["patches"], field)]
        if not twice:
            return Container.model_validate({**choices, **{key: value for key, value in added.items() if value}})
        optional = {field: value for field, value in optional.items() if field not in twice}


def _sound(given: Choices, optional: Choices) -> Choices:
    """Those fields of `optional` that hold what the original says; patches say the others."""
    try:
        Container.model_validate({**given, **optional})
    except ValidationError as error:
        wrong = {each["loc"][0] if each["loc"] else None for each in error.errors()}
        if not wrong & optional.keys():
            if None in wrong and optional:
                return _sound(given, {})
            raise
        return _sound(given, {field: value for field, value in optional.items() if field not in wrong})
    return optional


def _departures(choices: Choices, wanted: Sequence[KubernetesObject], draft: Draft) -> Choices:
    """The fields `patches` and `beside` by which the stack emits what is wanted."""
    ours = {each["kind"]: defaults.bare(each) for each in Container.model_validate(choices).objects(draft.context)}
    theirs: dict[str, KubernetesObject] = {}
    beside = []
    for each in wanted:
        mine = ours.get(each["kind"])
        if each["kind"] in ("Deployment", *PATCHED) and mine and each["kind"] not in theirs and _alike(mine, each):
            theirs[each["kind"]] = each
        else:
            beside.append(_unplaced(each, draft))
    patches: dict[str, Any] = {}
    for kind, mine in ours.items():
        if kind == "Deployment":
            patches |= _of_deployment(mine, theirs[kind])
        elif kind not in theirs:
            patches[kind] = None
        elif found := patch(mine, _placed(theirs[kind], mine)):
            patches[kind] = found
    return {"patches": patches, "beside": beside}


def _unplaced(manifest: KubernetesObject, draft: Draft) -> KubernetesObject:
    """Without the namespace, where it is the stack's."""
    metadata = dict(manifest["metadata"])
    if metadata.get("namespace") == draft.context.models.name:
        del metadata["namespace"]
    return {**manifest, "metadata": metadata}


def _alike(one: KubernetesObject, other: KubernetesObject) -> bool:
    return bool(one["apiVersion"] == other["apiVersion"])


def _placed(manifest: KubernetesObject, like: KubernetesObject) -> KubernetesObject:
    """An object that says no namespace goes where the stack does."""
    namespace = {"namespace": like["metadata"]["namespace"]}
    return {**manifest, "metadata": {**namespace, **manifest["metadata"]}}


def _of_deployment(ours: KubernetesObject, theirs: KubernetesObject) -> dict[str, Any]:
    """The patches of the Deployment, its pod and its first container."""
    mine, wanted = deepcopy(ours), deepcopy(_placed(theirs, ours))
    pods = [each["spec"]["template"].pop("spec") for each in (mine, wanted)]
    found = {}
    if [len(pod["containers"]) for pod in pods] == [1, 1]:
        found["Container"] = patch(*(pod.pop("containers")[0] for pod in pods))
    found["Pod"] = patch(*pods)
    found["Deployment"] = patch(mine, wanted)
    return {kind: each for kind, each in found.items() if each}


def _replaced(patches: Mapping[str, Any], field: str) -> bool:
    """Whether a patch says anew, as a list, what `field` says."""
    if field not in container.PLACES:
        return False
    found: Any = patches
    for key in container.PLACES[field]:
        found = found.get(key) if isinstance(found, dict) else None
    return isinstance(found, list)


def place(path: Path) -> Path:
    """Of the first container, where it is no name."""
    if path[:1] == ("name",):
        return "metadata", "name"
    return (*container.SERVER, *path) if path[:1] in (("image",), ("ports",)) else path


def hardening(found: ModelStack) -> list[str]:
    """What every model server gets and this one does without."""
    assert isinstance(found, Container)
    gone = [f"patches.{kind}" for kind, each in found.patches.items() if each is None]
    for kind in ("Pod", "Container"):
        gone += [f"patches.{kind}.{key}" for key, value in (found.patches.get(kind) or {}).items() if value is None]
    return gone


SOURCE = Source("Deployment", "apps/v1", Container, companions, stack, defaults.filled, place, hardening)
