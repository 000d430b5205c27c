"""Values that tests build on; model files are small but real files on disk."""

from pathlib import Path
from typing import Any

from components.location.artefact import Artefact
from components.model import Model
from components.runtimes.mlserver import MLServer
from components.unit import KubernetesObject

OBJECT: KubernetesObject = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "notes", "namespace": "tools"},
    "data": {"answer": "42"},
}


def artefact(folder: Path, name: str = "iris.joblib", content: bytes = b"weights") -> Artefact:
    """A model file in `folder`."""
    (folder / name).write_bytes(content)
    return Artefact(path=folder / name)


def stack(folder: Path, name: str = "iris", **choices: Any) -> MLServer:
    """A stack of one scikit-learn model."""
    model = Model(format="sklearn", artefact=artefact(folder), sample={"inputs": []})
    return MLServer.model_validate({"name": name, "owner": "science", "models": {name: model}, **choices})


def by_kind(objects: list[KubernetesObject]) -> dict[str, KubernetesObject]:
    """The objects of a stack, which has at most one of a kind."""
    assert len({each["kind"] for each in objects}) == len(objects)
    return {each["kind"]: each for each in objects}
