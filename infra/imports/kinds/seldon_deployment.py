"""A SeldonDeployment v1, as a stack of the runtime `seldon`."""

from typing import Any

from pydantic.alias_generators import to_camel

from components.addons.seldon_core import API
from components.errors import Invalid, Mistake
from components.model_stack import ModelStack
from components.runtimes.seldon import Seldon
from components.seldon.predictor import Predictor
from components.unit import KubernetesObject
from infra.imports.compare import Path
from infra.imports.source import Draft, Objects, Source
from infra.imports.spelled import fields

RENAMED = {"componentSpecs": "components", "svcOrchSpec": "orchestrator"}
FIELDS = {"annotations", "name", "predictors", "protocol", "replicas", "serverType", "transport"}
AS_WRITTEN = ("containerSpec", "env", "hpaSpec", "kedaSpec", "resources", "spec")
"""What stacks hold as Kubernetes spells it: to the letter."""


def stack(deployment: KubernetesObject, _others: Objects, draft: Draft) -> Seldon:
    """The stack that emits it. Raises ValidationError where none does."""
    metadata, spec = deployment["metadata"], dict(deployment.get("spec") or {})
    if unknown := sorted(spec.keys() - FIELDS):
        fact = "no stack says it. Leave it out, unless something of yours reads it"
        raise Invalid([Mistake((), f"spec.{each}: {fact}") for each in unknown])
    predictors = fields(Predictor, without_zeros(spec.pop("predictors", [])), RENAMED)
    said = {
        "name": metadata["name"],
        "owner": draft.owner,
        "spec_name": spec.pop("name", None),
        "object_labels": metadata.get("labels", {}),
        "object_annotations": metadata.get("annotations", {}),
        "hardened": False,
        "predictors": predictors,
    }
    return Seldon.model_validate({**fields(Seldon, spec, RENAMED), **said})


def place(path: Path) -> Path:
    """As the definition spells it."""
    if not path or path[0] in ("name", "object_labels", "object_annotations"):
        return ("metadata", *path) if path else path
    former = {name: key for key, name in RENAMED.items()}
    return ("spec", *(former.get(each, to_camel(each)) if isinstance(each, str) else each for each in path))


def filled(manifest: KubernetesObject) -> KubernetesObject:
    """Without what Seldon's own types leave out when it is empty."""
    found = dict(manifest)
    if isinstance(spec := found.get("spec"), dict):
        found["spec"] = {key: without_zeros(value) for key, value in spec.items() if value not in ({}, "", [])}
    return found


def without_zeros(node: Any) -> Any:
    """Zero values are those of absent fields, save in what is Kubernetes' own."""
    if isinstance(node, list):
        return [without_zeros(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: value if key in AS_WRITTEN else without_zeros(value) for key, value in node.items()}
    return {key: value for key, value in found.items() if value not in ({}, [], "") and value is not False}


def hardening(found: ModelStack) -> list[str]:
    """All of it at once."""
    assert isinstance(found, Seldon)
    return [] if found.hardened else ["hardened"]


SOURCE = Source("SeldonDeployment", API, Seldon, lambda *_: [], stack, filled, place, hardening, labelled=True)
