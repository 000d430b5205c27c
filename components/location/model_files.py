"""How a server's settings and models come into its pods."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from components.context import Context
from components.location import artefact, fetching
from components.location.uri import location
from components.location.volumes import mounted
from components.model import MODELS_FOLDER, Model
from components.network_policy import Rules
from components.unit import KubernetesObject

MODELS = "slipway/models"
"""The annotation of a pod with `uri` and `sha256` (or null) of each model that is no file of this machine, as JSON."""

_MODELS = {"name": "models", "mountPath": MODELS_FOLDER, "readOnly": True}


class Loaded(NamedTuple):
    """What a pod needs to find its files, and what must exist beside it (without namespace and labels)."""

    objects: tuple[KubernetesObject, ...]
    volumes: tuple[dict[str, Any], ...]
    mounts: tuple[dict[str, Any], ...]
    """Of the server's container."""
    init_containers: tuple[dict[str, Any], ...] = ()
    calls: Rules = []
    annotations: Mapping[str, str] = {}
    """Of the pods."""
    seconds: int = 0
    """How long it may take before the server can start."""


def small_files(files: artefact.Files, models: Mapping[str, Model]) -> artefact.Files:
    """`files` and the models of this machine, and what fetches the others: all that travels in the ConfigMap."""
    found = dict(files)
    for name, model in sorted(models.items()):
        if model.artefact:
            found |= {f"{name}/{path}": content for path, content in model.artefact.files.items()}
    if not fetching.wanted(models):
        return found
    return {f"files/{path}": content for path, content in found.items()} | fetching.program()


def load(
    name: str, files: artefact.Files, models: Mapping[str, Model], context: Context, credentials: str | None = None
) -> Loaded:
    """What lays `files` and `models` out where Model.path says, in the pods of stack `name`.

    `credentials` is the Secret whose keys the stores' clients read as variables.
    """
    there = tuple(mounted(name, context.models.name, models))
    found = {each["metadata"]["name"]: each for mount in there for each in mount.objects}
    if fetching.wanted(models):
        own = _fetching(name, files, models, context, credentials, [each.mount for each in there])
    else:
        own = _plain(name, files, models)
    return own._replace(
        objects=(*own.objects, *found.values()),
        volumes=(*own.volumes, *(each.volume for each in there)),
        mounts=(*own.mounts, *(each.mount for each in there)),
        annotations=_said(models),
    )


def _plain(name: str, files: artefact.Files, models: Mapping[str, Model]) -> Loaded:
    """The ConfigMap as the folder itself."""
    small = small_files(files, models)
    if not small:
        return Loaded((), (), ())
    config = artefact.config_map(name, small)
    return Loaded((config,), (_with_others(artefact.volume("models", config, small), models),), (_MODELS,))


def _fetching(
    name: str,
    files: artefact.Files,
    models: Mapping[str, Model],
    context: Context,
    credentials: str | None,
    mounts: list[dict[str, Any]],
) -> Loaded:
    """A folder of the pod, which an init container fills."""
    small = {**small_files(files, models), "plan.json": fetching.plan(models, context)}
    config = artefact.config_map(name, small)
    given = _with_others(artefact.volume("config", config, small), models, "files/")
    folder = {"name": "models", "emptyDir": {"sizeLimit": fetching.room(models)}}
    read = {"name": "config", "mountPath": fetching.CONFIG_FOLDER, "readOnly": True}
    container = fetching.container(models, context, credentials, [read, *mounts])
    calls, seconds = fetching.calls(models, context), fetching.seconds(models)
    return Loaded((config,), (given, folder), (_MODELS,), (container,), calls, seconds=seconds)


def _with_others(volume: dict[str, Any], models: Mapping[str, Model], below: str = "") -> dict[str, Any]:
    """The volume, with the models that stand in ConfigMaps of other people laid out `below` it."""
    places = {name: location(model.uri) for name, model in sorted(models.items()) if model.uri}
    others = [
        {"configMap": {"name": each.place, "items": [{"key": each.path, "path": f"{below}{name}/{each.path}"}]}}
        for name, each in places.items()
        if each.scheme == "configmap"
    ]
    if not others:
        return volume
    return {"name": volume["name"], "projected": {"sources": [{"configMap": volume["configMap"]}, *others]}}


def registered(models: Mapping[str, Model]) -> dict[str, str]:
    """The annotation MODELS of what no such pod fetches, where a registry knows any of the models."""
    return _said(models) if any(model.registered for model in models.values()) else {}


def _said(models: Mapping[str, Model]) -> dict[str, str]:
    said = {
        name: {
            "sha256": model.sha256,
            "uri": model.uri,
            **({"registered": model.registered} if model.registered else {}),
        }
        for name, model in sorted(models.items())
        if model.uri
    }
    return {MODELS: json.dumps(said, sort_keys=True)} if said else {}
