"""How a server's settings and models come into its pods."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from components import artefact
from components.model import MODELS_FOLDER, Model
from components.network_policy import Rules
from components.unit import KubernetesObject


class Loaded(NamedTuple):
    """What a pod needs to find its files, and what must exist beside it (without namespace and labels)."""

    objects: tuple[KubernetesObject, ...]
    volumes: tuple[dict[str, Any], ...]
    mounts: tuple[dict[str, Any], ...]
    init_containers: tuple[dict[str, Any], ...] = ()
    calls: Rules = []


def small_files(files: artefact.Files, models: Mapping[str, Model]) -> artefact.Files:
    """`files` and the models of this machine: all that travels in the ConfigMap."""
    found = dict(files)
    for name, model in sorted(models.items()):
        if model.artefact:
            found |= {f"{name}/{path}": content for path, content in model.artefact.files.items()}
    return found


def load(name: str, files: artefact.Files, models: Mapping[str, Model]) -> Loaded:
    """What lays `files` and `models` out where Model.path says, in the pods of stack `name`."""
    small = small_files(files, models)
    if not small:
        return Loaded((), (), ())
    config = artefact.config_map(name, small)
    mount = {"name": "models", "mountPath": MODELS_FOLDER, "readOnly": True}
    return Loaded((config,), (artefact.volume("models", config, small),), (mount,))
