"""kubectl against a stand-in that answers as real ones do; what it was given is kept."""

import io
import json
import sys
from pathlib import Path

import pytest

from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra.kubectl import PASSING, Kubectl
from infra.patience import Patience

STANDIN = (
    f"#!{sys.executable} -IS"
    + """
# The first object of what is given decides; each answer is used once, then all is well.
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
given = [line.split(": ")[1] for line in sys.stdin.read().splitlines() if line.startswith("  name: ")]
answers = json.loads((folder / "answers").read_text())
with (folder / "calls").open("a") as calls:
    calls.write(" ".join([sys.argv[3], *given]) + "\\n")
bad = next((name for name in given or ["-"] if answers.get(name)), None)
if bad:
    message = answers[bad].pop(0)
    (folder / "answers").write_text(json.dumps(answers))
    sys.exit(message)
print("".join(f"{name} done\\n" for name in given) or "{}", end="")
"""
)
BUSY = (
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
    "Error from server (TooManyRequests): the server has received too many requests",
    "The connection to the server 172.30.99.2:6443 was refused - did you specify the right host or port?",
    "dial tcp 172.30.99.2:6443: connect: connection refused",
    "Unable to connect to the server: net/http: TLS handshake timeout",
    "Unable to connect to the server: EOF",
    "Error from server: etcdserver: request timed out",
    "Error from server: etcdserver: leader changed",
    'error: resource mapping not found for name: "a" namespace: "b" from "STDIN": no matches for kind "Pool" in version'
    ' "example.com/v1"\nensure CRDs are installed first',
    "Error from server (NotFound): the server could not find the requested resource (patch pools.example.com a)",
    'Error from server (InternalError): Internal error occurred: failed calling webhook "pools.example.com"',
)
FINAL = (
    'Error from server (Forbidden): services is forbidden: User "reader" cannot patch resource "services"',
    "Error from server (BadRequest): failed to create typed patch object: .spec.prots: field not declared in schema",
    "error: timed out waiting for the condition on configmaps/iris",
    'Error from server (NotFound): namespaces "models" not found',
    "error: exec plugin: executable aws not found",
)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.patience.time.sleep", lambda _: None)


class StandIn:
    def __init__(self, folder: Path, **answers: list[str]) -> None:
        self._folder = folder
        (folder / "answers").write_text(json.dumps(answers))
        (folder / "kubectl").write_text(STANDIN)
        (folder / "kubectl").chmod(0o755)
        self.kubectl = Kubectl(folder / "kubectl", folder / "kubeconfig")

    @property
    def calls(self) -> list[str]:
        return (self._folder / "calls").read_text().splitlines()


def objects(*names: str) -> list[KubernetesObject]:
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in names]


@pytest.mark.parametrize("message", BUSY)
def test_what_may_pass_is_asked_again(message: str, tmp_path: Path) -> None:
    assert PASSING.search(message)
    standin, log = StandIn(tmp_path, a=[message]), io.StringIO()
    standin.kubectl.apply(objects("a"), log)
    assert standin.calls == ["apply a", "apply a"]
    assert log.getvalue() == "a done\n"


@pytest.mark.parametrize("message", FINAL)
def test_what_does_not_pass_is_told_at_once(message: str, tmp_path: Path) -> None:
    standin = StandIn(tmp_path, a=[message])
    with pytest.raises(SlipwayError, match="kubectl apply ConfigMap a: ") as caught:
        standin.kubectl.apply(objects("a"), io.StringIO())
    assert message in str(caught.value)
    assert standin.calls == ["apply a"]


def test_what_has_worked_is_not_asked_for_again_and_again(tmp_path: Path) -> None:
    standin = StandIn(tmp_path, d=[BUSY[0]] * 4)
    standin.kubectl.apply(objects(*"abcd"), io.StringIO())
    assert standin.calls == ["apply a b c d", "apply a b", "apply c d", "apply c", "apply d", "apply d", "apply d"]


def test_what_stays_busy_is_told_with_its_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.kubectl.Patience", lambda: Patience(0))
    with pytest.raises(SlipwayError, match=r"kubectl delete ConfigMap a: .*\(ServiceUnavailable\)"):
        StandIn(tmp_path, a=[BUSY[0]] * 99).kubectl.delete(objects("a"), io.StringIO())


def test_a_question_is_asked_again_too(tmp_path: Path) -> None:
    standin = StandIn(tmp_path, **{"-": [BUSY[1]] * 3})
    assert standin.kubectl.get({"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}) == {}
    assert standin.calls == ["get"] * 4


def test_nothing_to_apply_is_no_call(tmp_path: Path) -> None:
    StandIn(tmp_path).kubectl.apply([], io.StringIO())
    assert not (tmp_path / "calls").exists()
