"""Plain objects are read as Kubernetes reads them."""

from typing import Any

import pytest

from infra.policy.index import Objects
from infra.policy.objects import identity, name, show

LABELS = {"app": "iris", "tier": "web"}


def workload(name: str, labels: dict[str, str], namespace: str = "models") -> dict[str, Any]:
    template = {"metadata": {"labels": labels}}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}


OBJECTS = Objects([workload("iris", LABELS), workload("rose", {"app": "rose"}), workload("far", LABELS, "other")])


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "picked"),
    [
        ({}, {"iris", "rose"}),
        ({"matchLabels": {"app": "iris"}}, {"iris"}),
        ({"matchLabels": LABELS}, {"iris"}),
        ({"matchLabels": {"app": "iris", "tier": "db"}}, set()),
        ({"matchLabels": {"app": "rose", "tier": "web"}}, set()),
        (expression("app", "In", "iris", "rose", "iris"), {"iris", "rose"}),
        (expression("app", "In", "tulip"), set()),
        (expression("app", "In"), set()),
        (expression("app", "NotIn", "iris"), {"rose"}),
        (expression("tier", "NotIn", "db"), {"iris", "rose"}),
        (expression("tier", "Exists"), {"iris"}),
        (expression("tier", "DoesNotExist"), {"rose"}),
        (expression("tier", "Unheard"), set()),
        ({"matchLabels": {"app": "iris"}, **expression("tier", "DoesNotExist")}, set()),
        ({"matchLabels": {"app": "iris"}, **expression("tier", "In", "web")}, {"iris"}),
    ],
)
def test_selectors(selector: dict[str, Any], picked: set[str]) -> None:
    assert [name(pod.workload) for pod in OBJECTS.selected("models", selector)] == sorted(picked)


def test_a_group_tells_kinds_apart() -> None:
    assert identity({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}) == ("Service", "", "a")
    assert identity({"apiVersion": "x.io/v1", "kind": "Service", "metadata": {"generateName": "a-"}}) == (
        "x.io/Service",
        "",
        "a-",
    )


def test_paths_read_as_one_writes_them() -> None:
    assert show(("spec", "containers", 0, "env")) == "spec.containers[0].env"
    assert show(("metadata", "labels", "slipway/owner")) == "metadata.labels['slipway/owner']"
