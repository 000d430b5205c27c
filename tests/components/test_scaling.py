from typing import Any

import pytest
from pydantic import ValidationError

from components.autoscaler import autoscaler, disruption_budget
from components.scaling import Autoscaling
from components.unit import KubernetesObject

DEPLOYMENT: KubernetesObject = {"kind": "Deployment", "metadata": {"name": "iris", "namespace": "models"}}


def test_an_autoscaler_says_its_bounds_and_its_load() -> None:
    scaler = autoscaler(DEPLOYMENT, Autoscaling(min_replicas=2, max_replicas=5, cpu_percent=60))
    assert scaler["metadata"] == DEPLOYMENT["metadata"]
    assert scaler["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris"},
        "minReplicas": 2,
        "maxReplicas": 5,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
            }
        ],
    }


def test_bounds_may_meet() -> None:
    assert Autoscaling(min_replicas=3, max_replicas=3).max_replicas == 3


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"min_replicas 5 is above max_replicas 3\. Swap or change them"):
        Autoscaling(min_replicas=5, max_replicas=3)


def test_the_default_minimum_counts_too() -> None:
    with pytest.raises(ValidationError, match="greater_than_equal"):
        Autoscaling(max_replicas=0)


@pytest.mark.parametrize("wrong", [{"min_replicas": 0}, {"cpu_percent": 0}, {"min_replicas": -1}])
def test_less_than_one_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="greater_than_equal"):
        Autoscaling.model_validate({"max_replicas": 3, **wrong})


def test_a_budget_lets_one_replica_go_at_a_time() -> None:
    budget = disruption_budget({"name": "iris"}, {"app": "iris"})
    assert budget["spec"] == {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "iris"}}}
