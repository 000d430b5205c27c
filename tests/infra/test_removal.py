"""The order in which objects go, and what is said of one that does not."""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pytest

from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra.inventory import Identity
from infra.kubectl import Kubectl
from infra.removal import remove

SPACE = Identity("v1", "Namespace", "", "tools")
WIDGET = Identity("example.com/v1", "Widget", "tools", "a")
OPERATOR = Identity("apps/v1", "Deployment", "tools", "operator")
ROUTE = Identity("gateway.networking.k8s.io/v1", "HTTPRoute", "tools", "a")


class Stuck(Kubectl):
    """A cluster where `left`, as it is described there, never goes."""

    left: list[KubernetesObject]
    stages: list[list[str]]

    def delete(self, objects: Iterable[KubernetesObject], log: IO[str], seconds: int = 0) -> None:
        asked = list(objects)
        self.stages.append([each["kind"] for each in asked])
        if self.find(asked):
            raise SlipwayError("timed out waiting for the condition")

    def find(self, objects: Iterable[KubernetesObject]) -> list[dict[str, Any]]:
        asked = [(each["kind"], each["metadata"]["name"]) for each in objects]
        return [each for each in self.left if (each["kind"], each["metadata"]["name"]) in asked]

    def select(self, kind: str, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        if kind == "customresourcedefinitions":
            known = (("example.com", "Widget"), ("gateway.networking.k8s.io", "HTTPRoute"))
            return [{"spec": {"group": group, "names": {"kind": name}}} for group, name in known]
        assert kind == "widgets.example.com"
        return [each for each in self.left if each["metadata"].get("namespace") == namespace]


def stuck(*left: KubernetesObject) -> Stuck:
    kubectl = Stuck(Path("kubectl"), Path("kubeconfig"))
    kubectl.left, kubectl.stages = list(left), []
    return kubectl


def going(identity: Identity, *finalizers: str, **more: Any) -> KubernetesObject:
    """An object that is being deleted."""
    found = identity.manifest()
    metadata = {**found["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": list(finalizers)}
    return {**found, "metadata": metadata, **more}


def test_custom_resources_go_before_their_operator_and_namespaces_last() -> None:
    kubectl = stuck()
    remove(kubectl, [SPACE, OPERATOR, WIDGET, ROUTE], io.StringIO())
    assert kubectl.stages == [["HTTPRoute", "Widget"], ["Deployment"], ["Namespace"]]


def test_what_went_with_its_definition_is_not_asked_for() -> None:
    kubectl = stuck()
    remove(kubectl, [OPERATOR, WIDGET, Identity("gone.example.com/v1", "Widget", "tools", "b")], io.StringIO())
    assert kubectl.stages == [["Widget"], ["Deployment"], []]


def test_what_holds_a_custom_resource_is_said_and_its_operator_stays() -> None:
    kubectl = stuck(going(WIDGET, "example.com/cleanup"))
    with pytest.raises(SlipwayError) as caught:
        remove(kubectl, [SPACE, OPERATOR, WIDGET], io.StringIO())
    assert str(caught.value) == (
        "Widget tools/a does not go: nobody takes its finalizer example.com/cleanup off. Bring back what put it there, "
        "and run this again; if there is no such thing any more: "
        """kubectl patch widget a -n tools --type=merge -p '{"metadata":{"finalizers":null}}'"""
    )
    assert kubectl.stages == [["Widget"]]


def condition(kind: str, message: str, status: str = "True") -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, "message": message}]}


REMAINING = "Some resources are remaining: widgets.example.com has 1 resource instances"
UNKNOWN = "Discovery failed for some groups, 1 failing: metrics.k8s.io/v1beta1: stale"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (condition("NamespaceContentRemaining", REMAINING), "Widget tools/a does not go: nobody takes its finalizer x"),
        (condition("NamespaceContentRemaining", REMAINING, "False"), "timed out waiting for the condition"),
        (condition("NamespaceDeletionDiscoveryFailure", UNKNOWN), f"Namespace tools does not go: {UNKNOWN}. Mend or"),
        ({}, "timed out waiting for the condition"),
    ],
)
def test_what_holds_a_namespace_is_what_is_in_it_or_may_be(status: dict[str, Any], told: str) -> None:
    kubectl = stuck(going(SPACE, status=status), going(WIDGET, "x"))
    with pytest.raises(SlipwayError, match=f"^{re.escape(told)}"):
        remove(kubectl, [SPACE], io.StringIO())


def test_an_error_that_no_finalizer_explains_is_told_as_it_is() -> None:
    with pytest.raises(SlipwayError, match="timed out waiting for the condition"):
        remove(stuck(going(WIDGET)), [WIDGET], io.StringIO())
