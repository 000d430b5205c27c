import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.errors import SlipwayError
from components.readiness import refusal, until_accepted

POOL = {"apiVersion": "example.com/v1", "kind": "Pool", "metadata": {"name": "probe", "namespace": "tools"}}
GROUPS = {
    "kind": "APIGroupList",
    "groups": [
        {
            "name": "example.com",
            "versions": [{"groupVersion": "example.com/v1", "version": "v1"}],
            "preferredVersion": {"groupVersion": "example.com/v1", "version": "v1"},
        }
    ],
}
VERBS = ["create", "get", "list"]
POOLS = {
    "kind": "APIResourceList",
    "groupVersion": "example.com/v1",
    "resources": [{"name": "pools", "singularName": "pool", "namespaced": True, "kind": "Pool", "verbs": VERBS}],
}
NO_WEBHOOK = {"kind": "Status", "status": "Failure", "message": 'failed calling webhook "pools.example.com"'}


class ApiServer(ThreadingHTTPServer):
    """Answers discovery, and the POSTs of pools by a list, its last entry for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.defined, self.asked = True, list[str]()
        self.posts: list[tuple[int, Any]] = [(201, POOL)]


class Answer(BaseHTTPRequestHandler):
    server: ApiServer

    def do_GET(self) -> None:
        known = {"/version": {"major": "1", "minor": "34"}, "/apis": GROUPS, "/apis/": GROUPS}
        known |= {"/api/v1": {"resources": []}, "/apis/example.com/v1": POOLS if self.server.defined else None}
        found = known.get(self.path.partition("?")[0])
        self._send(200 if found else 404, found or {"message": "not found"})

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        posts = self.server.posts
        self._send(*(posts.pop(0) if len(posts) > 1 else posts[0]))

    def _send(self, code: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with ApiServer() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def kubeconfig(server: ApiServer) -> str:
    cluster = {"name": "lab", "cluster": {"server": f"http://127.0.0.1:{server.server_address[1]}"}}
    context = {"name": "lab", "context": {"cluster": "lab", "user": "lab"}}
    kind = {"apiVersion": "v1", "kind": "Config", "current-context": "lab"}
    return yaml.safe_dump(
        {**kind, "clusters": [cluster], "contexts": [context], "users": [{"name": "lab", "user": {}}]}
    )


def test_what_the_webhook_refuses_is_asked_again_until_it_is_accepted(server: ApiServer, kubeconfig: str) -> None:
    server.posts = [(500, NO_WEBHOOK), (500, NO_WEBHOOK), (201, POOL)]
    until_accepted(kubeconfig, None, POOL)
    assert [path.partition("?")[0] for path in server.asked] == ["/apis/example.com/v1/namespaces/tools/pools"] * 3
    assert all("dryRun=All" in path for path in server.asked)


def test_a_kubeconfig_may_be_a_path(server: ApiServer, kubeconfig: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(kubeconfig)
    until_accepted(str(tmp_path / "config"), "lab", POOL)
    assert len(server.asked) == 1


def test_what_is_there_already_was_accepted(server: ApiServer, kubeconfig: str) -> None:
    server.posts = [(409, {"kind": "Status", "reason": "AlreadyExists", "message": "exists"})]
    assert refusal(kubeconfig, None, POOL) is None


def test_a_kind_that_is_not_defined_yet_is_a_refusal(server: ApiServer, kubeconfig: str) -> None:
    server.defined = False
    assert refusal(kubeconfig, None, POOL) == "there is no Pool of example.com/v1"


def test_when_the_time_is_over_the_last_refusal_is_told(server: ApiServer, kubeconfig: str) -> None:
    server.posts = [(500, NO_WEBHOOK)]
    with pytest.raises(SlipwayError) as caught:
        until_accepted(kubeconfig, None, POOL, seconds=0)
    assert str(caught.value) == (
        'pool.tools.probe is not accepted after 0 s: failed calling webhook "pools.example.com". '
        "Look at its operator's pods"
    )


def test_a_server_that_does_not_answer_is_a_refusal_not_a_crash(kubeconfig: str, server: ApiServer) -> None:
    gone = kubeconfig.replace(str(server.server_address[1]), "1")
    assert "refused" in str(refusal(gone, None, POOL))
