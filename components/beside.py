"""Objects of the models' namespace that go with a stack as they are, checked by Kubernetes' types."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from components.errors import Mistake
from components.mistakes import refused
from components.pods.patches import strange
from components.unit import KubernetesObject, is_custom

KINDS = {
    "ConfigMap": ("v1", "V1ConfigMap"),
    "HorizontalPodAutoscaler": ("autoscaling/v2", "V2HorizontalPodAutoscaler"),
    "Ingress": ("networking.k8s.io/v1", "V1Ingress"),
    "NetworkPolicy": ("networking.k8s.io/v1", "V1NetworkPolicy"),
    "PersistentVolumeClaim": ("v1", "V1PersistentVolumeClaim"),
    "PodDisruptionBudget": ("policy/v1", "V1PodDisruptionBudget"),
    "Service": ("v1", "V1Service"),
    "ServiceAccount": ("v1", "V1ServiceAccount"),
}
"""Kubernetes' own kinds that a stack may bring along: version, and what its client calls the type."""


def _checked(objects: tuple[KubernetesObject, ...]) -> tuple[KubernetesObject, ...]:
    if wrong := [each.below(number) for number, found in enumerate(objects) for each in _wrong(found)]:
        raise refused(wrong)
    return objects


def _wrong(found: KubernetesObject) -> Iterator[Mistake]:
    kind, api, metadata = (found.get(key) for key in ("kind", "apiVersion", "metadata"))
    if not (isinstance(kind, str) and isinstance(api, str) and isinstance(metadata, dict) and metadata.get("name")):
        yield Mistake((), "is no object of Kubernetes. Give apiVersion, kind and metadata.name")
    elif kind not in KINDS:
        if not is_custom(found):
            fact = f"is a {kind} of {api}, which cannot go with a stack"
            yield Mistake((), f"{fact}. Known: {', '.join(KINDS)}, and custom resources")
    elif api != KINDS[kind][0]:
        yield Mistake(("apiVersion",), f"is {api} of a {kind}. Write it as {KINDS[kind][0]}")
    else:
        yield from strange(found, KINDS[kind][1], ())


Beside = Annotated[tuple[dict[str, Any], ...], AfterValidator(_checked)]
"""As `kubectl get -o yaml` spells them; without a namespace, or in that of the models."""
