"""How many replicas of a workload run: fixed, or by load."""

from typing import Any, Self

from pydantic import Field, model_validator

from components.unit import KubernetesObject
from components.values import Value, Whole

MOST_REPLICAS = 10_000
"""More than clusters have nodes for."""


class Autoscaling(Value):
    """Replicas between two bounds, by the mean use of CPU in percent of what each replica reserves."""

    min_replicas: Whole = Field(default=1, ge=1)
    max_replicas: Whole = Field(ge=1)
    cpu_percent: Whole = Field(default=80, ge=1)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.min_replicas > self.max_replicas:
            raise ValueError(
                f"min_replicas {self.min_replicas} is above max_replicas {self.max_replicas}. Swap or change them"
            )
        return self


def autoscaler(deployment: KubernetesObject, scaling: Autoscaling) -> KubernetesObject:
    """The HorizontalPodAutoscaler of a Deployment, which then must not say its replicas itself."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment["metadata"]["name"]}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": scaling.cpu_percent}}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": deployment["metadata"],
        "spec": {
            "scaleTargetRef": target,
            "minReplicas": scaling.min_replicas,
            "maxReplicas": scaling.max_replicas,
            "metrics": [{"type": "Resource", "resource": cpu}],
        },
    }


def disruption_budget(metadata: dict[str, Any], selector: dict[str, str]) -> KubernetesObject:
    """A PodDisruptionBudget that lets a drained node take one replica at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": selector}},
    }
