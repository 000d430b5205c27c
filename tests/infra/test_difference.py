import copy
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.unit import KubernetesObject
from infra.difference import Change, changes, compared
from infra.inventory import Identity, identity
from infra.objects import Absent, Objects, Refused
from tests.samples import OBJECT

SERVERS: dict[str, Any] = {
    "uid": "1",
    "resourceVersion": "7",
    "generation": 2,
    "managedFields": [{}],
    "creationTimestamp": "t",
}


class Memory:
    """Objects of a cluster that is a dictionary; `refusals` are what it says to an application, by name."""

    def __init__(self, *found: KubernetesObject, **refusals: Exception) -> None:
        self._found = {identity(each): each for each in found}
        self._refusals = refusals

    def get(self, of: Identity) -> KubernetesObject | None:
        return self._found.get(of)

    def applied(self, manifest: KubernetesObject) -> KubernetesObject:
        if refusal := self._refusals.get(manifest["metadata"]["name"]):
            raise refusal
        return {**self._found.get(identity(manifest), {}), **manifest}


def told(memory: Memory, *wanted: KubernetesObject, unwanted: tuple[Identity, ...] = ()) -> list[Change]:
    return list(changes(cast(Objects, memory), wanted, unwanted))


def secret(**data: str) -> KubernetesObject:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": data}


def test_what_is_as_it_is_wanted_is_no_change() -> None:
    assert told(Memory(OBJECT), OBJECT) == []


def test_what_is_not_there_is_created() -> None:
    assert told(Memory(), OBJECT) == [Change("create", "ConfigMap", "tools/notes")]


def test_a_field_that_differs_is_shown_before_and_after() -> None:
    (change,) = told(Memory(OBJECT), {**OBJECT, "data": {"answer": "43"}})
    assert change[:3] == ("change", "ConfigMap", "tools/notes")
    assert [line for line in change.diff.splitlines() if line[0] in "-+"] == [
        *("--- now", "+++ then"),
        *("-  answer: '42'", "+  answer: '43'"),
    ]


def test_what_only_the_cluster_writes_is_no_change() -> None:
    now = {**OBJECT, "metadata": {**OBJECT["metadata"], **SERVERS}, "status": {"phase": "Active"}}
    assert compared(now, OBJECT) == ""


def test_deleted_is_what_is_unwanted_and_still_there() -> None:
    gone = Identity("v1", "ConfigMap", "tools", "gone")
    found = told(Memory(OBJECT), unwanted=(identity(OBJECT), gone))
    assert found == [Change("delete", "ConfigMap", "tools/notes")]


@pytest.mark.parametrize(
    ("error", "action", "note"),
    [(Absent("no such kind"), "create", "not checked: no such kind"), (Refused("immutable"), "refuse", "immutable")],
)
def test_what_the_cluster_would_not_take_has_a_note(error: Exception, action: str, note: str) -> None:
    assert told(Memory(notes=error), OBJECT) == [Change(cast(Any, action), "ConfigMap", "tools/notes", note=note)]


def test_of_a_secret_only_the_keys_are_shown_and_which_of_them_change() -> None:
    diff = compared(
        secret(same="c2FtZQ==", old="b2xk", other="b25l"), secret(same="c2FtZQ==", new="bmV3", other="dHdv")
    )
    lines = diff.splitlines()
    assert "   same: '***'" in lines
    assert {"-  old: '*** (now)'", "+  new: '*** (then)'", "-  other: '*** (now)'", "+  other: '*** (then)'"} <= set(
        lines
    )


def test_what_the_engine_has_hidden_as_a_whole_stays_so() -> None:
    hidden = {**secret(), "data": "[secret]"}
    assert compared(hidden, {**hidden, "type": "Opaque"}).splitlines()[-1] == "+type: Opaque"


def test_a_copy_of_a_secret_in_an_annotation_is_not_shown() -> None:
    now = secret(a="aHVudGVyMg==")
    now["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "x": "y"}
    then = copy.deepcopy(now)
    then["metadata"]["labels"] = {"l": "m"}
    assert "hunter2" not in compared(now, then)


VALUES = st.text(min_size=9, max_size=20).map(lambda text: f"value-{text}")


@given(
    st.dictionaries(st.sampled_from("abc"), VALUES),
    st.dictionaries(st.sampled_from("abc"), VALUES),
    st.sampled_from(("data", "stringData")),
)
def test_no_value_of_a_secret_is_ever_shown(now: dict[str, str], then: dict[str, str], part: str) -> None:
    diff = compared({**secret(), part: now}, {**secret(), part: then})
    assert "value-" not in diff
    assert bool(diff) == (now != then)
