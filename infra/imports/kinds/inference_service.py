"""An InferenceService v1beta1, and a ServingRuntime of its name, as a stack of the runtime `kserve`."""

from typing import Any

from components.addons.kserve import API
from components.errors import Invalid, Mistake
from components.model_stack import ModelStack
from components.runtimes.kserve import KServe
from components.unit import KubernetesObject
from infra.imports.compare import Path
from infra.imports.source import Draft, Objects, Source

PARTS = {"predictor", "transformer", "explainer", "canary"}


def belonging(service: KubernetesObject, others: Objects) -> list[KubernetesObject]:
    """The ServingRuntime of its name."""
    metadata = service["metadata"]
    places = ((each, each["metadata"]) for each in others if each["kind"] == "ServingRuntime")
    return [
        each
        for each, place in places
        if place["name"] == metadata["name"] and place.get("namespace") == metadata.get("namespace")
    ]


def stack(service: KubernetesObject, others: Objects, draft: Draft) -> KServe:
    """The stack that emits them. Raises Invalid or ValidationError where none does."""
    metadata, spec = service["metadata"], service.get("spec") or {}
    if unknown := sorted(spec.keys() - PARTS):
        fact = f"KServe's definition has no such field. Known: {', '.join(sorted(PARTS))}"
        raise Invalid([Mistake((each,), fact) for each in unknown])
    said: dict[str, Any] = {
        "name": metadata["name"],
        "owner": draft.owner,
        "predictor": {"spec": spec.get("predictor", {})},
        "transformer": spec.get("transformer"),
        "explainer": spec.get("explainer"),
        "canary": [_canary(each) for each in spec.get("canary", [])],
        "serving_runtime": next((each.get("spec") for each in others), None),
        "annotations": metadata.get("annotations", {}),
        "object_labels": metadata.get("labels", {}),
        "hardened": False,
    }
    return KServe.model_validate(said)


def _canary(found: Any) -> Any:
    """A version by its name, which KServe keeps in its predictor."""
    if not isinstance(found, dict) or not isinstance(found.get("predictor"), dict):
        return found
    spec = dict(found["predictor"])
    rest = {key: value for key, value in found.items() if key not in ("predictor", "trafficPercent")}
    return {**rest, "name": spec.pop("name", None), "percent": found.get("trafficPercent"), "predictor": {"spec": spec}}


def place(path: Path) -> Path:
    """As KServe spells it."""
    if not path or path[0] in ("name", "object_labels", "annotations"):
        return ("metadata", *path) if path else path
    return ("spec", *("trafficPercent" if each == "percent" else each for each in path if each != "spec"))


def filled(manifest: KubernetesObject) -> KubernetesObject:
    """As it is, for a stack holds the spec as KServe spells it; no canary is what it is without the list."""
    spec = manifest.get("spec", {})
    return {**manifest, "spec": {key: each for key, each in spec.items() if each != []}}


def hardening(found: ModelStack) -> list[str]:
    """All of it at once."""
    assert isinstance(found, KServe)
    return [] if found.hardened else ["hardened"]


SOURCE = Source("InferenceService", f"{API}/v1beta1", KServe, belonging, stack, filled, place, hardening, labelled=True)
