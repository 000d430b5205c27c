"""What the API server keeps otherwise than it is written: former versions, and numbers of a quantity."""

from typing import Any

from components.unit import KubernetesObject

WITH_QUANTITIES = ("Deployment", "PersistentVolumeClaim")


def renewed(manifest: KubernetesObject) -> KubernetesObject:
    """The object as stacks emit it: the same one to a cluster."""
    if manifest["kind"] in WITH_QUANTITIES:
        return dict(_as_text(manifest))
    if (manifest["apiVersion"], manifest["kind"]) != ("autoscaling/v1", "HorizontalPodAutoscaler"):
        return manifest
    spec = dict(manifest.get("spec") or {})
    if (percent := spec.pop("targetCPUUtilizationPercentage", None)) is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    return {**manifest, "apiVersion": "autoscaling/v2", "spec": spec}


def _as_text(node: Any, quantities: bool = False) -> Any:
    """Numbers of limits and requests are text."""
    if isinstance(node, dict):
        return {key: _as_text(value, quantities or key in ("limits", "requests")) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_text(each) for each in node]
    return str(node) if quantities and isinstance(node, int | float) and not isinstance(node, bool) else node
