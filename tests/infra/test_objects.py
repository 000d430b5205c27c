from pathlib import Path
from typing import Any

import pytest

from components.errors import SlipwayError
from infra.inventory import Identity
from infra.live import RETRY, Unreachable
from infra.objects import Absent, Objects, Refused

from .api_server import Answers, serving

CORE = {
    "resources": [
        {"name": "namespaces", "kind": "Namespace", "namespaced": False},
        *({"name": name, "kind": "Pod", "namespaced": True} for name in ("pods/eviction", "pods")),
    ]
}
POD: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"}}
KINDS: Answers = {"GET /api/v1": (200, CORE)}
PLACE = "/api/v1/namespaces/b/pods/a"


def test_an_object_is_found_by_its_kind(tmp_path: Path) -> None:
    with serving(tmp_path, {**KINDS, f"GET {PLACE}": (200, POD)}) as (live, _):
        assert Objects(live).get(Identity("v1", "Pod", "b", "a")) == POD


def test_one_of_the_whole_cluster_has_no_namespace_in_its_path(tmp_path: Path) -> None:
    with serving(tmp_path, {**KINDS, "GET /api/v1/namespaces/b": (200, {"kind": "Namespace"})}) as (live, _):
        assert Objects(live).get(Identity("v1", "Namespace", "", "b")) == {"kind": "Namespace"}


@pytest.mark.parametrize("of", [Identity("v1", "Pod", "b", "a"), Identity("example.com/v1", "Toy", "b", "a")])
def test_what_is_not_there_is_none_be_it_the_object_or_its_kind(tmp_path: Path, of: Identity) -> None:
    with serving(tmp_path, KINDS) as (live, _):
        assert Objects(live).get(of) is None


def test_applying_is_a_dry_run_by_our_manager_and_strict(tmp_path: Path) -> None:
    with serving(tmp_path, {**KINDS, f"PATCH {PLACE}": (201, POD)}) as (live, asked):
        assert Objects(live).applied(POD) == POD
    line = f"PATCH {PLACE}?dryRun=All&fieldManager=slipway&fieldValidation=Strict&force=true"
    assert (asked[-1].line, asked[-1].content_type) == (line, "application/apply-patch+yaml")


def test_kinds_are_asked_for_once(tmp_path: Path) -> None:
    with serving(tmp_path, KINDS) as (live, asked):
        objects = Objects(live)
        for name in "abc":
            objects.get(Identity("v1", "Pod", "b", name))
    assert [each.line for each in asked].count("GET /api/v1") == 1


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.live.RETRY", RETRY.new(status=1))


@pytest.mark.parametrize(
    ("answers", "kind", "message"),
    [
        ({}, Absent, "the cluster does not know Pod of v1 yet"),
        (
            {**KINDS, f"PATCH {PLACE}": (404, {"message": 'namespaces "b" not found'})},
            Absent,
            'namespaces "b" not found',
        ),
        ({**KINDS, f"PATCH {PLACE}": (422, {"message": "field is immutable"})}, Refused, "field is immutable"),
        ({**KINDS, f"PATCH {PLACE}": (403, "<html>")}, Refused, "Forbidden"),
        ({"GET /api/v1": (403, {"message": "forbidden"})}, Refused, "forbidden"),
        ({"GET /api/v1": (503, {"message": "starting"})}, Unreachable, "GET /api/v1: 503 starting. Try again later"),
        ({**KINDS, f"PATCH {PLACE}": (500, {"message": "failed calling webhook"})}, Refused, "failed calling webhook"),
    ],
)
def test_what_cannot_be_is_told_apart(tmp_path: Path, answers: Answers, kind: type[SlipwayError], message: str) -> None:
    with serving(tmp_path, answers) as (live, _), pytest.raises(SlipwayError) as caught:
        Objects(live).applied(POD)
    assert type(caught.value) is kind
    assert message in str(caught.value)


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with serving(tmp_path, {}) as (live, _):
        host = live.api.configuration.host
    with pytest.raises(SlipwayError, match=f"cluster at {host} does not answer"):
        Objects(live).get(Identity("v1", "Pod", "b", "a"))
