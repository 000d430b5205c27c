from typing import Any

import pytest
from pydantic import ValidationError

from components.scaling import Autoscaling, Pace, Query


def test_bounds_may_meet() -> None:
    assert Autoscaling(min_replicas=3, max_replicas=3).max_replicas == 3


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"5 is above max_replicas 3\. Swap or change them"):
        Autoscaling(min_replicas=5, max_replicas=3)


def test_the_default_minimum_counts_too() -> None:
    with pytest.raises(ValidationError, match="greater_than_equal"):
        Autoscaling(max_replicas=0)


@pytest.mark.parametrize("wrong", [{"max_replicas": 0}, {"cpu_percent": 0}, {"min_replicas": -1}])
def test_less_than_one_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="greater_than_equal"):
        Autoscaling.model_validate({"max_replicas": 3, **wrong})


WAITING = {"query": "sum(waiting)", "target": 5}
METRIC = {"kind": "pods", "name": "waiting", "target": "5"}


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"cpu_percent": None}, "scales by nothing. Say cpu_percent"),
        ({"min_replicas": 0}, "nothing would wake it. Add a query of something outside"),
        ({"min_replicas": 0, "requests_in_flight": 4}, "nothing would wake it"),
        ({"min_replicas": 0, "queries": [WAITING]}, "nothing would wake it"),
        ({"queries": [{**WAITING, "wakes": 1}]}, "always a replica awake. Say min_replicas: 0"),
        ({"metrics": [METRIC], "requests_in_flight": 4}, "KEDA cannot read the metrics of an adapter"),
        ({"scale_up": {"window_seconds": 0}}, "limits nothing. Say percent, pods or both"),
    ],
)
def test_what_cannot_scale_is_refused_with_its_cure(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Autoscaling.model_validate({"max_replicas": 3, **choices})


def test_a_query_from_outside_may_wake_what_sleeps() -> None:
    waking = Autoscaling(min_replicas=0, max_replicas=3, queries=(Query(query="sum(waiting)", target=5, wakes=0),))
    assert waking.by_events


def test_by_default_replicas_come_after_half_a_minute_and_go_after_five() -> None:
    scaling = Autoscaling(max_replicas=3)
    assert scaling.scale_up.rules() == {
        "stabilizationWindowSeconds": 30,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Percent", "value": 100, "periodSeconds": 60},
            {"type": "Pods", "value": 4, "periodSeconds": 60},
        ],
    }
    assert scaling.scale_down.window_seconds == 300


def test_a_pace_says_only_the_limits_that_it_has() -> None:
    rules = Pace(window_seconds=0, pods=2, period_seconds=15).rules()
    assert rules["policies"] == [{"type": "Pods", "value": 2, "periodSeconds": 15}]


def test_it_reads_as_bounds_and_measures() -> None:
    assert str(Autoscaling(max_replicas=3, gpu_percent=70)) == "1 to 3, by CPU, GPU"
