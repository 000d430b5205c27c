"""What is served for a measurement: how it is asked and computed, and that it goes again, whatever happens."""

import http.client
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sandbox
from bench import fetching, hops, packing, serving
from bench.hops import BARE, Latency
from bench.measure import ROOT, BenchError, python
from bench.packing import Held
from bench.serving import NAMESPACE, Served
from components.errors import SlipwayError
from infra.live import Live
from infra.settings import Target
from sandbox import certificates

LOCAL = "127.0.0.1"
STEPS = ["space", "apply", "wait", "prune", "block"]


class Handler(BaseHTTPRequestHandler):
    """Answers a POST with its own body, or with 500 where the path says so."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if "fails" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody answers."""
    with ThreadingHTTPServer((LOCAL, 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_caller_times_so_many_requests(port: int) -> None:
    calls = [(LOCAL, port, "/route", {}), (LOCAL, port, "/predict", {"rows": [1]})]
    seconds = json.loads(python("-m", "bench.ask_process", "7", json.dumps(calls)).printed)
    assert len(seconds) == 7
    assert min(seconds) > 0


def test_an_answer_that_is_an_error_is_no_measurement(port: int) -> None:
    with pytest.raises(BenchError, match="/fails answered 500: b'\"why\"'"):
        python("-m", "bench.ask_process", "7", json.dumps([(LOCAL, port, "/fails", "why")]))


def test_a_store_serves_its_folder_by_https(tmp_path: Path) -> None:
    authority = certificates.authority("bench")
    certificates.issue(authority, "store", hosts=(IPv4Address(LOCAL),)).write(tmp_path, "store")
    (tmp_path / "model").write_text("weights")
    command = (
        sys.executable,
        "-m",
        "bench.store_process",
        LOCAL,
        tmp_path / "store.crt",
        tmp_path / "store.key",
        tmp_path,
    )
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        trusting = ssl.create_default_context(cadata=authority.certificate.decode())
        connection = http.client.HTTPSConnection(LOCAL, int(process.stdout.readline()), context=trusting)
        connection.request("GET", "/model")
        assert connection.getresponse().read() == b"weights"
        connection.close()
        process.kill()


def test_a_tail_is_the_hundredth_that_took_longest() -> None:
    assert hops.latency([float(number) for number in range(101)]) == Latency(median=50, p99=99)


def test_each_way_is_compared_with_the_bare_server_of_its_round() -> None:
    bare = [Latency(0.002, 0.004), Latency(0.02, 0.04), Latency(0.002, 0.004)]
    through = [Latency(0.003, 0.004), Latency(0.03, 0.04), Latency(0.003, 0.008)]
    assert hops.rows({BARE: bare, "a Service": through}) == [
        (BARE, "2.00 ms", "4.00 ms", "1.00", "1.00"),
        ("a Service", "3.00 ms", "8.00 ms", "1.50", "1.00"),
    ]


def test_what_a_further_model_holds_is_told_by_the_row_before() -> None:
    assert packing.rows([Held(1, 200, 200), Held(5, 1000, 202), Held(20, 4000, 217)]) == [
        ("1", "200 MB", "200 MB", "1.0", "", ""),
        ("5", "1,000 MB", "202 MB", "5.0", "200 MB", "under 1 MB"),
        ("20", "4,000 MB", "217 MB", "18.4", "200 MB", "1 MB"),
    ]


def test_a_start_is_compared_with_that_of_a_model_at_hand() -> None:
    runs = {fetching.AT_HAND: [4.0, 8.0, 5.0], "by HTTPS": [6.0, 12.0, 10.0]}
    assert [row[1:] for row in fetching.rows(runs)] == [("5.0 s", "1.00"), ("10.0 s", "1.50")]


def test_memory_is_what_the_kubelet_has_read_since_of_every_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = iter([{"one": -5, "two": 5}, {"one": 5}, {"one": 5, "two": 5, "stranger": 5}])

    def get(path: str) -> Any:
        if "/proxy/" not in path:
            names = ("node",) if path.endswith("nodes") else ("one", "two")
            return {"items": [{"metadata": {"name": name}} for name in names]}
        return {"pods": [pod(name, seconds) for name, seconds in next(reads).items()]}

    def pod(name: str, seconds: int) -> Any:
        place = {"name": name, "namespace": "models" if name == "stranger" else NAMESPACE.name}
        then = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        return {"podRef": place, "memory": {"time": then, "rssBytes": 7}}

    monkeypatch.setattr("bench.serving.time.sleep", lambda seconds: None)
    memory = Served(cast(Target, None), cast(Live, SimpleNamespace(get=get))).memory()
    assert memory == {"one": 7, "two": 7}


@pytest.mark.parametrize(
    ("user", "states", "words"),
    [
        (0, [("sandbox", "not made")], "the sandbox does not run. `make up"),
        (0, [("etcd", "runs (pid 1)"), ("kubelet", "stopped")], "the sandbox does not run. `make up"),
        (1000, [("etcd", "runs (pid 1)")], "only root"),
        (0, [("etcd", "runs (pid 1)")], ""),
    ],
)
def test_why_nothing_can_be_served_is_said(
    monkeypatch: pytest.MonkeyPatch, user: int, states: list[tuple[str, str]], words: str
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr(sandbox, "status", lambda: states)
    assert serving.missing().startswith(words)
    assert bool(serving.missing()) == bool(words)


@pytest.mark.parametrize("fails", STEPS)
def test_what_was_served_goes_whatever_fails(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    done: list[str] = []

    def does(name: str) -> Any:
        def note(*given: Any, **named: Any) -> None:
            done.append(name)
            if name == fails:
                raise SlipwayError(name)

        return note

    steps = {name: lambda name=name: SimpleNamespace(run=does(name)) for name in ("apply", "prune", "remove")}
    monkeypatch.setattr(serving, "Rendered", lambda *_: SimpleNamespace(**steps))
    monkeypatch.setattr(serving, "Kubectl", lambda *_: SimpleNamespace(apply=does("space"), delete=does("no space")))
    monkeypatch.setattr("bench.serving.rollout.wait", does("wait"))
    with pytest.raises(SlipwayError, match=fails), serving.served():
        does("block")()
    assert done == [*STEPS[: STEPS.index(fails) + 1], "remove", "no space"]


@contextmanager
def emptied() -> Iterator[None]:
    """The namespace is not there afterwards."""
    yield
    found = subprocess.run(
        (sandbox.kubectl(), "--kubeconfig", sandbox.kubeconfig(), "get", "namespace", NAMESPACE.name),
        capture_output=True,
        text=True,
    )
    assert "NotFound" in found.stderr


@pytest.mark.e2e
@pytest.mark.soak
def test_models_are_served_and_measured() -> None:
    if why := serving.missing():
        pytest.skip(why)
    with emptied():
        assert [row[0] for row in packing.measure((1, 2)).rows] == ["1", "2"]
        assert len(hops.measure(repeat=1, requests=10).rows) == 4
        assert next(row[-1] for row in fetching.measure(repeat=1).rows) == "1.00"
