"""What the engine said of a real program, shortened: `pulumi preview --json`, version 3.260."""

from typing import Any

import pytest

from infra.difference import Change
from infra.preview import changes

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm", "namespace": "lab"}}


def state(kind: str, inputs: dict[str, Any], custom: bool = True) -> dict[str, Any]:
    return {"type": kind, "custom": custom, "inputs": inputs}


def step(op: str, now: Any = None, then: Any = None, kind: str = "kubernetes:core/v1:ConfigMap", **more: Any) -> Any:
    states = {"oldState": now, "newState": then}
    found = {when: state(kind, inputs, **more) for when, inputs in states.items() if inputs is not None}
    return {"op": op, "urn": f"urn:pulumi:lab::slipway::{kind}::lab-cm", **found}


@pytest.mark.parametrize(
    ("taken", "action"),
    [
        (step("create", then=CONFIG_MAP), "create"),
        (step("import", then=CONFIG_MAP), "create"),
        (step("delete", now=CONFIG_MAP), "delete"),
        (step("update", CONFIG_MAP, {**CONFIG_MAP, "data": {"a": "b"}}), "change"),
        (step("replace", CONFIG_MAP, {**CONFIG_MAP, "data": {"a": "b"}}), "replace"),
    ],
)
def test_a_kubernetes_object_has_its_own_name(taken: Any, action: str) -> None:
    (change,) = changes([taken])
    assert change[:3] == (action, "ConfigMap", "lab/cm")
    assert bool(change.diff) == (action in ("change", "replace"))


def test_anything_else_is_named_as_the_engine_does() -> None:
    taken = step("update", {"size": 1}, {"size": 2}, kind="aws:eks/cluster:Cluster")
    (change,) = changes([taken])
    assert change[:3] == ("change", "aws:eks/cluster:Cluster", "lab-cm")
    assert change.diff.splitlines()[-2:] == ["-size: 1", "+size: 2"]


@pytest.mark.parametrize(
    "taken",
    [
        *(
            step(op, CONFIG_MAP, CONFIG_MAP)
            for op in ("same", "read", "refresh", "create-replacement", "delete-replaced")
        ),
        step("create", then={}, kind="slipway:index:Platform", custom=False),
        step("create", then={}, kind="pulumi:pulumi:Stack", custom=False),
        step("update", {}, {}, kind="pulumi:providers:kubernetes"),
    ],
)
def test_what_changes_nothing_real_is_left_out(taken: Any) -> None:
    assert list(changes([taken])) == []


def test_a_change_of_what_the_engine_hides_says_so() -> None:
    hidden = {**CONFIG_MAP, "kind": "Secret", "data": "[secret]"}
    assert list(changes([step("update", hidden, hidden)])) == [
        Change("change", "Secret", "lab/cm", note="of secret or computed values")
    ]
