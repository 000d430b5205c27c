"""What each command prints for a reader and for a script, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from components import catalog
from components.errors import SlipwayError
from infra import doctor, rollout
from infra.delivery import Delivery
from infra.difference import Change
from infra.doctor import Check
from infra.live import Live
from infra.predict import Prediction
from sandbox import paths

from .command_line import CommandLine

LAB = "config:\n  slipway:cluster: {existing: {kubeconfig: none}}\n  slipway:models: {iris: }\n"
FOUND = [
    Change("create", "Service", "models/b", note="not checked: namespace is missing"),
    Change("change", "Deployment", "models/a", "--- now\n+++ then\n@@ -1 +1 @@\n-a: 1\n+a: 2"),
    Change("delete", "Service", "models/c"),
]
SHOWN = """\
create Service models/b (not checked: namespace is missing)
change Deployment models/a
  --- now
  +++ then
  @@ -1 +1 @@
  -a: 1
  +a: 2
delete Service models/c
1 to create, 1 to change, 1 to delete
"""


@pytest.fixture
def lab(slipway: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    """An environment of one model; locks and logs are kept in the test's folder."""
    monkeypatch.setattr(paths, "state", lambda: tmp_path / "state")
    slipway.write(LAB)
    return slipway


def found(monkeypatch: pytest.MonkeyPatch, *changes: Change) -> None:
    monkeypatch.setattr(Delivery, "changes", lambda self: list(changes))


def test_every_module_is_a_command_with_a_line_of_help(slipway: CommandLine) -> None:
    printed = slipway("--help").out
    assert slipway().out.split() == printed.split()
    for name in catalog.names("infra.commands"):
        assert f" {name.removesuffix('_')} " in printed
        assert slipway(name.removesuffix("_"), "--help").code == 0


def test_diff_shows_each_change_and_ends_with_1(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, *FOUND)
    assert lab("diff", "--env", "lab") == (1, SHOWN, "")


def test_diff_of_nothing_ends_with_0(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch)
    assert lab("diff", "--env", "lab") == (0, "no changes\n", "")
    assert lab("diff", "--env", "lab", "--json") == (0, "[]\n", "")


def test_diff_as_json_is_a_list(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, *FOUND)
    code, out, err = lab("diff", "--env", "lab", "--json")
    assert (code, [Change(**each) for each in json.loads(out)], err) == (1, FOUND, "")


def test_what_a_cluster_refuses_ends_with_2(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, Change("refuse", "Service", "models/a", note="spec is immutable"))
    assert lab("diff", "--env", "lab") == (2, "refuse Service models/a (spec is immutable)\n1 to refuse\n", "")


def test_what_diff_cannot_know_ends_with_2_too(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Delivery) -> list[Change]:
        raise SlipwayError("cluster at https://a does not answer. Start it")

    monkeypatch.setattr(Delivery, "changes", fail)
    says = "error: cluster at https://a does not answer. Start it\n"
    assert lab("diff", "--env", "lab", "--json") == (2, "", says)


def test_status_as_json(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.status", lambda: [("etcd", "runs")])
    monkeypatch.setattr(rollout, "states", lambda live, units: iter([("models/iris", "1 of 1 ready")]))
    code, out, _ = lab("status", "--env", "lab", "--json")
    assert (code, json.loads(out)) == (
        0,
        [{"what": "etcd", "state": "runs"}, {"what": "models/iris", "state": "1 of 1 ready"}],
    )


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (None, 0), (False, 1)])
def test_doctor_as_json_ends_with_1_where_something_is_missing(
    lab: CommandLine, monkeypatch: pytest.MonkeyPatch, ok: bool | None, code: int
) -> None:
    monkeypatch.setattr(doctor, "checks", lambda target, name: [Check("Disk", ok, "none left", "buy one")])
    done = lab("doctor", "--env", "lab", "--json")
    record = {"name": "Disk", "ok": ok, "fact": "none left", "cure": "buy one"}
    assert (done.code, json.loads(done.out)) == (code, [record])


def test_cost_as_json_has_exact_amounts(slipway: CommandLine) -> None:
    code, out, _ = slipway("--project", str(Path(__file__).parents[2]), "cost", "--env", "eks", "--json")
    printed = json.loads(out)
    assert code == 0
    assert {"currency", "region", "date", "lines", "total"} == printed.keys()
    assert {"what", "quantity", "price", "month"} == printed["lines"][0].keys()
    assert printed["lines"][0]["quantity"] == "730"


def test_cost_of_what_costs_nothing_is_null(lab: CommandLine) -> None:
    assert lab("cost", "--env", "lab", "--json") == (0, "null\n", "")


def test_an_answer_is_json(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Live, "post", lambda self, url, body: {"outputs": [body["inputs"][0]["name"]]})
    assert json.loads(lab("predict", "iris", "--env", "lab").out) == {"outputs": ["measurements"]}


def test_what_only_the_engine_can_decrypt_is_never_written(lab: CommandLine) -> None:
    hub = "{host: hub.example.it, tls_secret: hub, admins: [{secure: 'v1:abc='}]}"
    lab.write(f"config:\n  slipway:cluster: {{k3d: }}\n  slipway:addons: {{metallb: , istio: , jupyterhub: {hub}}}\n")
    fact = "jupyterhub: chosen with an encrypted value, which only Pulumi can read"
    says = f"error: {fact}. Install Pulumi, or say in clear what is no secret\n"
    assert lab("render", "--env", "lab", "--out", "out") == (1, "", says)
    assert not (lab.folder / "out").exists()


def test_a_fault_of_the_program_is_one_line_and_a_file(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> Prediction:
        raise KeyError("outputs")

    monkeypatch.setattr("infra.predict.predict", fail)
    code, out, err = lab("predict", "iris", "--env", "lab")
    log = paths.logs() / "fault.log"
    assert (code, out) == (70, "")
    assert err.startswith(f"error: {__file__}:")
    assert err.endswith(f": KeyError: 'outputs'. This is a fault of the program. Report it with {log}\n")
    assert "Traceback" in log.read_text()


def test_an_interruption_is_told(lab: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Delivery) -> list[Change]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Delivery, "changes", interrupt)
    assert lab("diff", "--env", "lab") == (130, "", "error: interrupted. Run it again: it goes on where it was\n")
