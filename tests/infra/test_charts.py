"""Charts of a repository on this machine, and of repositories that are not there."""

import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.unit import Chart, Namespace, Unit
from infra import charts
from infra.doctor import Check

FILES = {
    "Chart.yaml": {"name": "notes", "dependencies": [{"name": "redis", "alias": "cache"}, {"name": "web"}]},
    "values.yaml": {"replicas": 1, "cache": {"size": 1}, "image": {"tag": ""}},
    "values.schema.json": {"properties": {"unlisted": {}}},
}


def packed(**files: Any) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            text = json.dumps(content).encode()
            member = tarfile.TarInfo(f"notes/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return stream.getvalue()


class Server(ThreadingHTTPServer):
    """Answers what is in `pages`."""

    daemon_threads = True
    pages: dict[str, bytes]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        if (page := self.server.pages.get(self.path)) is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        entries = [{"version": each, "urls": [f"archives/notes-{each}.tgz"]} for each in ("1.1.0", "1.0.0")]
        running.pages = {
            "/stable/index.yaml": yaml.safe_dump({"entries": {"notes": entries}}).encode(),
            "/stable/archives/notes-1.0.0.tgz": packed(**FILES),
            "/broken/index.yaml": b"entries: [",
        }
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def url(server: Server, path: str = "stable") -> str:
    return f"http://127.0.0.1:{server.server_port}/{path}"


def check(repository: str, version: str = "1.0.0", **values: Any) -> Check:
    chart = Chart(name="notes", repository=repository, version=version, release="notes", values=values)
    (only,) = charts.checks([Unit(name="notes", namespace=Namespace(name="tools"), charts=(chart,))])
    return only


def test_a_chart_that_is_there_and_knows_its_values_is_in_order(server: Server) -> None:
    found = check(url(server), replicas=2, unlisted=1, cache={"anything": 1}, web={"anything": 1})
    assert (found.name, found.ok) == ("notes 1.0.0", True)


def test_a_value_that_it_does_not_know_is_named(server: Server) -> None:
    found = check(url(server), replica=2, image={"tga": 1})
    assert (found.ok, found.fact) == (False, "does not know replica, image.tga")
    assert found.cure == "Raise the chart and its values together"


def test_a_version_that_is_not_there_is_named_with_those_that_are(server: Server) -> None:
    found = check(url(server), "1.2.0")
    assert (found.ok, found.fact) == (False, f"is not in {url(server)}")
    assert found.cure == "Choose one that is, such as: 1.1.0, 1.0.0"


@pytest.mark.parametrize(("path", "reason"), [("nowhere", "it answers 404 Not Found"), ("broken", "while parsing")])
def test_a_repository_that_cannot_be_read_is_no_fault_of_the_environment(
    server: Server, path: str, reason: str
) -> None:
    found = check(url(server, path))
    assert found.ok is None
    assert f"{url(server, path)} cannot be read from here: {reason}" in found.fact


def test_a_chart_that_the_index_promises_and_the_repository_lacks_is_told(server: Server) -> None:
    found = check(url(server), "1.1.0")
    assert (found.ok, found.fact) == (None, f"{url(server)} cannot be read from here: it answers 404 Not Found")


def test_an_archive_that_is_none_is_told(server: Server) -> None:
    server.pages["/stable/archives/notes-1.0.0.tgz"] = b"<html>"
    found = check(url(server))
    assert found.ok is False
    assert "its archive cannot be read" in found.fact


def test_who_does_not_answer_at_all_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = check(f"http://127.0.0.1:{port}/stable")
    assert (found.ok, "Connection refused" in found.fact) == (None, True)


def test_who_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = check(f"http://127.0.0.1:{silent.getsockname()[1]}/stable")
    assert found.ok is None


def test_an_oci_registry_is_not_looked_into() -> None:
    found = check("oci://ghcr.io/notes/charts")
    assert (found.ok, found.fact) == (
        None,
        "is in an OCI registry, oci://ghcr.io/notes/charts, which is not looked into",
    )


def test_a_folder_is_looked_into(tmp_path: Path) -> None:
    missing = check(str(tmp_path))
    assert (missing.ok, missing.fact) == (False, f"there is no {tmp_path}/notes-1.0.0.tgz")
    (tmp_path / "notes-1.0.0.tgz").write_bytes(packed(**FILES))
    assert check(str(tmp_path), replicas=2).ok is True
    assert check(str(tmp_path), replica=2).ok is False


def test_each_chart_has_its_line_in_the_order_of_the_environment(tmp_path: Path) -> None:
    made = [Chart(name=name, repository=str(tmp_path), version="1", release=name) for name in "abc"]
    unit = Unit(name="notes", namespace=Namespace(name="tools"), charts=tuple(made))
    assert [each.name for each in charts.checks([unit])] == ["a 1", "b 1", "c 1"]
