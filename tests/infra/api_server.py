"""An API server that gives the answers it is told to, for tests of what asks one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

from infra.live import Live

Answers = dict[str, tuple[int, Any]]
"""'METHOD /path' to status and body; what is not among them is 404."""


class Asked(NamedTuple):
    """A request that came."""

    line: str
    content_type: str
    body: str


@contextmanager
def serving(folder: Path, answers: Answers) -> Iterator[tuple[Live, list[Asked]]]:
    """A client of such a server, and what the server was asked."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked.append(Asked(f"{self.command} {self.path}", self.headers.get("Content-Type", ""), body))
            status, said = answers.get(f"{self.command} {urlsplit(self.path).path}", (404, {"message": "not found"}))
            text = said if isinstance(said, str) else json.dumps(said)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_PATCH = answer

        def log_message(self, *words: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        live = Live(_kubeconfig(folder, server.server_port))
        yield live, asked
        live.api.rest_client.pool_manager.clear()
        server.shutdown()


def _kubeconfig(folder: Path, port: int) -> Path:
    path = folder / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    path.write_text(yaml.safe_dump(config))
    return path
