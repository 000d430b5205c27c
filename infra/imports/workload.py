"""What belongs to a Deployment: what leads to its pods, scales them, or is read by them."""

from collections.abc import Iterator
from typing import Any

from components.unit import KubernetesObject
from infra.imports.source import Objects

Labels = dict[str, str]


def companions(deployment: KubernetesObject, others: Objects) -> list[KubernetesObject]:
    """Those of `others` that are there for its pods."""
    near = [each for each in others if _namespace(each) in (None, _namespace(deployment))]
    found = [each for each in near if _is_for(each, deployment)]
    services = {each["metadata"]["name"] for each in found if each["kind"] == "Service"}
    return [*found, *(each for each in near if each["kind"] == "Ingress" and services & set(_backends(each)))]


def _namespace(manifest: KubernetesObject) -> str | None:
    found = manifest["metadata"].get("namespace")
    return str(found) if found else None


def _is_for(manifest: KubernetesObject, deployment: KubernetesObject) -> bool:
    spec, name = _dict(manifest.get("spec")), manifest["metadata"]["name"]
    template = _dict(_dict(deployment.get("spec")).get("template"))
    labels, pod = _dict(_dict(template.get("metadata")).get("labels")), _dict(template.get("spec"))
    match manifest["kind"]:
        case "Service":
            return _picks(_dict(spec.get("selector")), labels)
        case "PodDisruptionBudget" | "NetworkPolicy" as kind:
            key = "selector" if kind == "PodDisruptionBudget" else "podSelector"
            return _picks(_dict(_dict(spec.get(key)).get("matchLabels")), labels)
        case "HorizontalPodAutoscaler" | "ScaledObject":
            target = _dict(spec.get("scaleTargetRef"))
            return (target.get("kind", "Deployment"), target.get("name")) == ("Deployment", _name(deployment))
        case "ServiceAccount":
            return name in (pod.get("serviceAccountName"), pod.get("serviceAccount"))
        case "ConfigMap" | "PersistentVolumeClaim" as kind:
            return name in _named(pod, "configMap" if kind == "ConfigMap" else "claimName")
    return False


def _name(manifest: KubernetesObject) -> str:
    return str(manifest["metadata"]["name"])


def _dict(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


def _picks(selector: Labels, labels: Labels) -> bool:
    return bool(selector) and selector.items() <= labels.items()


def _named(node: Any, reference: str) -> Iterator[str]:
    """What a pod reads: `claimName`, or the name in any key that begins with `reference`."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == reference and isinstance(value, str):
                yield value
            elif key.startswith(reference) and isinstance(value, dict) and isinstance(value.get("name"), str):
                yield value["name"]
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _named(each, reference)


def _backends(node: Any) -> Iterator[str]:
    """The Services that an Ingress leads to."""
    if isinstance(node, dict) and isinstance(node.get("service"), dict):
        yield str(node["service"].get("name"))
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _backends(each)
