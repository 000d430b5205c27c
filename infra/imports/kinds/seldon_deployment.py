"""A SeldonDeployment v1, as a stack of the runtime `seldon`."""

from typing import Any

from components.addons.seldon_core import API
from components.model_stack import ModelStack
from components.runtimes.seldon import Seldon
from components.seldon.predictor import Predictor
from components.unit import KubernetesObject
from infra.imports.source import Draft, Objects, Source
from infra.imports.spelled import fields

RENAMED = {"componentSpecs": "components", "svcOrchSpec": "orchestrator"}
AS_WRITTEN = ("containerSpec", "env", "hpaSpec", "kedaSpec", "resources", "spec")
"""What stacks hold as Kubernetes spells it: to the letter."""


def stack(deployment: KubernetesObject, _others: Objects, draft: Draft) -> Seldon:
    """The stack that emits it. Raises ValidationError where none does."""
    metadata, spec = deployment["metadata"], dict(deployment.get("spec") or {})
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


SOURCE = Source("SeldonDeployment", API, Seldon, lambda *_: [], stack, filled, hardening, labelled=True)
