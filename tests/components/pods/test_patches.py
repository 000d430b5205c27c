from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from components.mistakes import mistakes
from components.pods.patches import Patches, loosening, merge, patched

PATCHES: TypeAdapter[Any] = TypeAdapter(Patches)


# The cases of RFC 7386, appendix A.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_patches_are_merged_as_the_standard_says(target: Any, patch: Any, result: Any) -> None:
    assert merge(target, patch) == result


@pytest.mark.parametrize(
    "good",
    [
        {"NetworkPolicy": None},
        {"Service": {"metadata": {"name": "my-service"}, "spec": {"type": "NodePort", "ports": [{"port": 8500}]}}},
        {"Pod": {"affinity": {"nodeAffinity": None}, "nodeSelector": {"disk": "ssd"}}},
        {"Pod": {"volumes": [{"name": "a", "hostPath": {"path": "/x"}}], "terminationGracePeriodSeconds": 60}},
        {"Container": {"lifecycle": None, "readinessProbe": {"httpGet": {"path": "/", "port": "http"}}}},
        {"Deployment": {"spec": {"revisionHistoryLimit": 3, "paused": False}}},
        {"HorizontalPodAutoscaler": {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}}}}},
    ],
)
def test_what_kubernetes_knows_is_taken(good: dict[str, Any]) -> None:
    assert PATCHES.validate_python(good) == good


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"Servise": {}}, "Servise: is no object of a stack. Did you mean 'Service'?"),
        ({"Deployment": None}, "Deployment: cannot be left out"),
        ({"Container": None}, "Container: cannot be left out"),
        ({"Pod": {"nodeSelektor": {}}}, "Pod.nodeSelektor: is unknown. Did you mean 'nodeSelector'?"),
        ({"Pod": {"affinity": {"podAffinity": {"x": 1}}}}, "Pod.affinity.podAffinity.x: is unknown"),
        ({"Pod": {"volumes": [{"name": "a"}, {"nam": "b"}]}}, "Pod.volumes[1].nam: is unknown"),
        ({"Pod": {"volumes": {}}}, "Pod.volumes: must be a list"),
        ({"Pod": {"nodeSelector": []}}, "Pod.nodeSelector: must be a mapping"),
        ({"Pod": {"affinity": "none"}}, "Pod.affinity: must be a mapping"),
        ({"Pod": {"priority": "high"}}, "Pod.priority: must be of type int, got 'high'"),
        ({"Pod": {"priority": True}}, "Pod.priority: must be of type int, got True"),
        ({"Pod": {"nodeSelector": {"a": 1}}}, "Pod.nodeSelector.a: must be of type str, got 1"),
    ],
)
def test_what_kubernetes_would_refuse_or_pass_over_is_refused(wrong: dict[str, Any], told: str) -> None:
    (found,) = refused(wrong)
    assert found.startswith(told)


def refused(wrong: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        PATCHES.validate_python(wrong)
    return [str(each) for each in mistakes(caught.value, BaseModel)]


def test_all_mistakes_are_told_at_once() -> None:
    found = refused({"Pod": {"a": 1, "b": 2}, "Container": {"c": 3}})
    assert [each.partition(":")[0] for each in found] == ["Pod.a", "Pod.b", "Container.c"]


@pytest.mark.parametrize("key", [None, True, 1.5, 7])
def test_a_key_that_is_no_text_is_told_as_one(key: Any) -> None:
    unknown, mistyped = refused({"Pod": {"affinity": {key: 1}, "nodeSelector": {key: 1}}})
    assert unknown.startswith(f"Pod.affinity.{key}: is unknown")
    assert mistyped == f"Pod.nodeSelector.{key}: must be of type str, got 1"


@pytest.mark.parametrize(
    ("patches", "loosens"),
    [
        ({}, False),
        ({"Pod": {"nodeSelector": {"a": "b"}}}, False),
        ({"PodDisruptionBudget": None}, False),
        ({"NetworkPolicy": None}, True),
        ({"Pod": {"hostNetwork": True}}, True),
        ({"Container": {"securityContext": None}}, True),
        ({"Pod": {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]}}, True),
        ({"ServiceAccount": {"automountServiceAccountToken": True}}, True),
        ({"Deployment": {"spec": {"template": {"spec": {"hostPID": True}}}}}, True),
    ],
)
def test_what_may_loosen_is_known(patches: dict[str, Any], loosens: bool) -> None:
    assert loosening(patches) is loosens


def deployment() -> dict[str, Any]:
    containers = [{"name": "server", "image": "a:1"}, {"name": "helper", "image": "b:1"}]
    pod = {"containers": containers, "restartPolicy": "Always"}
    return {"kind": "Deployment", "spec": {"replicas": 1, "template": {"spec": pod}}}


def test_a_container_and_a_pod_are_patched_where_they_stand_and_nothing_else_changes() -> None:
    before = [deployment(), {"kind": "Service", "spec": {"type": "ClusterIP"}}, {"kind": "NetworkPolicy"}]
    patches = {
        "Container": {"image": "a:2"},
        "Pod": {"restartPolicy": None, "priority": 3},
        "Deployment": {"spec": {"replicas": 2}},
        "NetworkPolicy": None,
    }
    found, service = patched(before, patches)
    assert found["spec"]["replicas"] == 2
    pod = found["spec"]["template"]["spec"]
    assert pod == {
        "containers": [{"name": "server", "image": "a:2"}, {"name": "helper", "image": "b:1"}],
        "priority": 3,
    }
    assert service == before[1]
    assert before[0] == deployment()
