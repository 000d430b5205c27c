"""What changes the number of a Deployment's pods: one autoscaler at most, and a budget for disruptions."""

from collections.abc import Iterator
from typing import Any

from components.scaling import Autoscaling, Query
from components.unit import KubernetesObject

POLL_SECONDS = 15
IN_FLIGHT = 'sum(stack:requests_in_flight:mean2m{{namespace="{namespace}",stack="{name}"}})'
GPU = (
    "sum(avg by (exported_pod) (DCGM_FI_DEV_GPU_UTIL"
    '{{exported_namespace="{namespace}",exported_pod=~"{name}-[a-z0-9]+-[a-z0-9]+"}}))'
)
"""Percent, of all replicas together. The labels are those of NVIDIA's exporter: Prometheus puts its own before them."""


def autoscaler(deployment: KubernetesObject, scaling: Autoscaling, prometheus: str) -> KubernetesObject:
    """What scales a Deployment, which must not say its replicas itself; `prometheus`: where KEDA asks."""
    metadata = deployment["metadata"]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": metadata["name"]}
    behaviour = {"scaleUp": scaling.scale_up.rules(), "scaleDown": scaling.scale_down.rules()}
    if scaling.by_events:
        return _scaled_object(metadata, target, behaviour, scaling, prometheus)
    return _horizontal(metadata, target, behaviour, scaling)


def _horizontal(
    metadata: dict[str, Any], target: dict[str, str], behaviour: dict[str, Any], scaling: Autoscaling
) -> KubernetesObject:
    used = [
        {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": most}}}
        for name, most in scaling.used.items()
    ]
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": target,
            "minReplicas": scaling.min_replicas,
            "maxReplicas": scaling.max_replicas,
            "metrics": [*used, *(metric.source() for metric in scaling.metrics)],
            "behavior": behaviour,
        },
    }


def _scaled_object(
    metadata: dict[str, Any],
    target: dict[str, str],
    behaviour: dict[str, Any],
    scaling: Autoscaling,
    prometheus: str,
) -> KubernetesObject:
    """KEDA makes the HorizontalPodAutoscaler itself. While Prometheus is away, no replica goes."""
    lost = {"failureThreshold": 3, "replicas": max(1, scaling.min_replicas), "behavior": "currentReplicasIfHigher"}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": target,
            "minReplicaCount": scaling.min_replicas,
            "maxReplicaCount": scaling.max_replicas,
            "pollingInterval": POLL_SECONDS,
            "cooldownPeriod": scaling.scale_down.window_seconds,
            "fallback": lost,
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": behaviour}},
            "triggers": list(_triggers(metadata, scaling, prometheus)),
        },
    }


def _triggers(metadata: dict[str, Any], scaling: Autoscaling, prometheus: str) -> Iterator[dict[str, Any]]:
    for name, most in scaling.used.items():
        yield {"type": name, "metricType": "Utilization", "metadata": {"value": str(most)}}
    names = {"namespace": metadata["namespace"], "name": metadata["name"]}
    own = [(IN_FLIGHT, scaling.requests_in_flight), (GPU, scaling.gpu_percent)]
    queries = [Query(query=text.format(**names), target=target) for text, target in own if target]
    for each in (*queries, *scaling.queries):
        asked = {"serverAddress": prometheus, "query": each.query, "threshold": f"{each.target:g}"}
        wakes = {} if each.wakes is None else {"activationThreshold": f"{each.wakes:g}"}
        yield {"type": "prometheus", "metricType": "AverageValue", "metadata": {**asked, **wakes}}


def disruption_budget(metadata: dict[str, Any], selector: dict[str, str]) -> KubernetesObject:
    """A PodDisruptionBudget that lets a drained node take one replica at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": selector}},
    }
