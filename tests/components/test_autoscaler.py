from typing import Any

import pytest

from components.autoscaler import autoscaler, disruption_budget
from components.scaling import Autoscaling
from components.unit import KubernetesObject

DEPLOYMENT: KubernetesObject = {"kind": "Deployment", "metadata": {"name": "iris", "namespace": "models"}}
PROMETHEUS = "http://prometheus.monitoring.svc:9090"


def scaler(**choices: Any) -> KubernetesObject:
    return autoscaler(DEPLOYMENT, Autoscaling.model_validate({"max_replicas": 5, **choices}), PROMETHEUS)


def triggers(**choices: Any) -> list[dict[str, Any]]:
    return list(scaler(**choices)["spec"]["triggers"])


def test_what_metrics_server_knows_is_scaled_by_kubernetes_itself() -> None:
    found = scaler(min_replicas=2, cpu_percent=60, memory_percent=70)
    spec = found["spec"]
    assert (found["kind"], found["metadata"]) == ("HorizontalPodAutoscaler", DEPLOYMENT["metadata"])
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    used = {each["resource"]["name"]: each["resource"]["target"] for each in spec["metrics"]}
    assert used == {
        "cpu": {"type": "Utilization", "averageUtilization": 60},
        "memory": {"type": "Utilization", "averageUtilization": 70},
    }
    assert spec["behavior"].keys() == {"scaleUp", "scaleDown"}


def test_what_an_adapter_serves_is_scaled_by_kubernetes_itself() -> None:
    metric = {"kind": "external", "name": "waiting", "target": "5", "labels": {"queue": "iris"}}
    *_, found = scaler(metrics=[metric])["spec"]["metrics"]
    assert found == {
        "type": "External",
        "external": {
            "metric": {"name": "waiting", "selector": {"matchLabels": {"queue": "iris"}}},
            "target": {"type": "AverageValue", "averageValue": "5"},
        },
    }


@pytest.mark.parametrize("choice", [{"requests_in_flight": 4}, {"gpu_percent": 70}])
def test_what_prometheus_knows_is_scaled_by_keda_alone(choice: dict[str, Any]) -> None:
    found = scaler(**choice)
    assert (found["kind"], found["spec"]["scaleTargetRef"]["name"]) == ("ScaledObject", "iris")
    cpu, asked = found["spec"]["triggers"]
    assert cpu == {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "80"}}
    assert asked["metadata"]["serverAddress"] == PROMETHEUS
    assert 'namespace="models"' in asked["metadata"]["query"]
    assert asked["metadata"]["threshold"] == str(next(iter(choice.values())))


def test_pods_of_another_stack_do_not_count_as_its_own() -> None:
    (_, asked) = triggers(gpu_percent=70)
    assert 'exported_pod=~"iris-[a-z0-9]+-[a-z0-9]+"' in asked["metadata"]["query"]


def test_what_sleeps_wakes_above_what_its_query_says_and_sleeps_again_after_its_window() -> None:
    query = {"query": "sum(waiting)", "target": 2.5, "wakes": 0}
    found = scaler(min_replicas=0, cpu_percent=None, queries=[query])["spec"]
    assert found["minReplicaCount"] == 0
    assert found["cooldownPeriod"] == 300
    (trigger,) = found["triggers"]
    assert trigger["metadata"] == {
        "serverAddress": PROMETHEUS,
        "query": "sum(waiting)",
        "threshold": "2.5",
        "activationThreshold": "0",
    }


def test_no_replica_goes_while_prometheus_is_away() -> None:
    fallback = scaler(min_replicas=2, requests_in_flight=4)["spec"]["fallback"]
    assert fallback == {"failureThreshold": 3, "replicas": 2, "behavior": "currentReplicasIfHigher"}


def test_a_budget_lets_one_replica_go_at_a_time() -> None:
    budget = disruption_budget({"name": "iris"}, {"app": "iris"})
    assert budget["spec"] == {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "iris"}}}
