"""Plain objects are read as Kubernetes reads them."""

from typing import Any

import pytest

from infra.policy.index import Objects
from infra.policy.objects import has, identity, name, short_kind, show

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


def test_a_cloud_resource_goes_by_its_type_and_name() -> None:
    bucket = {"type": "aws:s3/bucket:Bucket", "name": "models", "properties": {"kind": "Service"}}
    assert identity(bucket) == ("aws:s3/bucket:Bucket", "", "models")
    assert short_kind(bucket) == "aws:s3/bucket:Bucket"
    secret = {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"name": "store"}}
    assert identity(secret) == ("Secret", "", "store")


class Unknown(dict[str, Any]):
    """Keys are there, and their values not known yet."""

    def __getitem__(self, key: str) -> Any:
        raise AssertionError(key)


def test_what_is_there_can_be_told_without_reading_it() -> None:
    node = {"nodeConfig": Unknown(serviceAccount=None)}
    assert has(node, "nodeConfig", "serviceAccount")
    assert not has(node, "nodeConfig", "labels")
    assert not has(node, "elsewhere", "serviceAccount")


def test_paths_read_as_one_writes_them() -> None:
    assert show(("spec", "containers", 0, "env")) == "spec.containers[0].env"
    assert show(("metadata", "labels", "slipway/owner")) == "metadata.labels['slipway/owner']"
