"""Pinned releases, from a server on this machine that behaves well, badly, or not at all."""

import hashlib
import io
import os
import platform
import resource
import socket
import stat
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from components.errors import SlipwayError
from infra import downloads
from infra.downloads import RELEASES, Asset, Release
from sandbox import paths

PROGRAM = b"#!/bin/sh\necho it runs\n"


def packed(*names: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(PROGRAM)
            archive.addfile(member, io.BytesIO(PROGRAM))
    return stream.getvalue()


class Server(ThreadingHTTPServer):
    """Answers every path with `body`, in the manner that the path names."""

    daemon_threads = True
    body = PROGRAM
    asked = 0
    stop = threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        if "silent" in self.path:
            self.server.stop.wait(10)
            return
        if "missing" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body) + (9 if "truncated" in self.path else 0)))
        self.end_headers()
        for byte in self.server.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if "slow" in self.path and self.server.stop.wait(0.05):
                return

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.stop = threading.Event()
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.stop.set()
        running.shutdown()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PATH", "/nonexistent")


def pin(monkeypatch: pytest.MonkeyPatch, address: str, body: bytes = PROGRAM) -> None:
    asset = Asset(f"http://{address}", hashlib.sha256(body).hexdigest())
    monkeypatch.setitem(RELEASES, "tool", Release("1.2.3", {platform.machine(): asset}))


def at(server: Server, path: str) -> str:
    return f"127.0.0.1:{server.server_port}/{path}"


def refusal() -> str:
    """What `ensure` says; the bound is only there to tell a wait that ends from one that does not."""
    began = time.monotonic()
    with pytest.raises(SlipwayError) as caught:
        downloads.ensure("tool", io.StringIO())
    assert time.monotonic() - began < 60
    tools = paths.cache() / "tools"
    assert not tools.exists() or list(tools.iterdir()) == []
    assert "tool 1.2.3" in str(caught.value)
    return str(caught.value)


def test_a_program_on_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, "127.0.0.1:1/never")
    program = tmp_path / "tool"
    program.write_bytes(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert downloads.ensure("tool", io.StringIO()) == program


def test_a_program_is_downloaded_once_and_runs(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "tool"))
    log = io.StringIO()
    path = downloads.ensure("tool", log)
    assert path == paths.cache() / "tools" / "tool-1.2.3" / "tool"
    assert subprocess.check_output([path], text=True) == "it runs\n"
    assert at(server, "tool") in log.getvalue()
    assert downloads.ensure("tool", io.StringIO()) == path
    assert server.asked == 1


def test_an_archive_gives_all_its_programs_side_by_side(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.body = packed("tool/tool", "tool/tool-language-python", "../../elsewhere")
    pin(monkeypatch, at(server, "tool.tar.gz"), server.body)
    folder = downloads.ensure("tool", io.StringIO()).parent
    assert sorted(path.name for path in folder.iterdir()) == ["elsewhere", "tool", "tool-language-python"]
    assert all(path.stat().st_mode & stat.S_IXUSR for path in folder.iterdir())


def test_two_at_once_download_it_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "slow"))
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _: downloads.ensure("tool", io.StringIO()), range(2)))
    assert found[0] == found[1]
    assert server.asked == 1


def test_what_a_killed_download_left_is_not_taken_for_whole(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "tool"))
    left = paths.cache() / "tools" / ".tool-1.2.3.partial"
    left.mkdir(parents=True)
    (left / "tool").write_bytes(b"#!/bin")
    assert downloads.ensure("tool", io.StringIO()).read_bytes() == PROGRAM
    assert not left.exists()


def test_another_digest_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "tool"), b"another")
    assert "not the pinned" in refusal()


def test_an_error_of_the_server_is_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "missing"))
    assert f"{at(server, 'missing')} answers 404" in refusal()


def test_a_file_that_ends_early_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "truncated"))
    assert "incomplete" in refusal()


def test_a_file_that_is_no_archive_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, at(server, "tool.tar.gz"))
    assert "incomplete" in refusal()


def test_an_archive_without_the_program_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.body = packed("other")
    pin(monkeypatch, at(server, "tool.tar.gz"), server.body)
    assert "No such file" in refusal()


def test_nobody_listening_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    pin(monkeypatch, f"127.0.0.1:{port}/tool")
    message = refusal()
    assert "Connection refused" in message
    assert "Put it on PATH yourself" in message


def test_a_name_that_nobody_resolves_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object, **__: object) -> list[object]:
        time.sleep(1)
        return []

    monkeypatch.setattr(downloads, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", ask)
    pin(monkeypatch, "releases.example/tool")
    assert "no answer within" in refusal()


def test_a_server_that_falls_silent_does_not_hang(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SILENCE_SECONDS", 0.3)
    pin(monkeypatch, at(server, "silent"))
    assert "timed out" in refusal()


def test_a_server_that_drips_does_not_take_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.3)
    pin(monkeypatch, at(server, "slow"))
    assert "takes longer than" in refusal()


def test_a_file_that_does_not_fit_is_refused_with_its_cure(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.body = PROGRAM * 1000
    pin(monkeypatch, at(server, "tool"), server.body)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        message = refusal()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large" in message
    assert "set XDG_CACHE_HOME to another folder" in message


def test_a_cache_that_is_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    pin(monkeypatch, "127.0.0.1:1/never")
    with pytest.raises(SlipwayError, match=r"tool 1\.2\.3 cannot be downloaded: .*Not a directory"):
        downloads.ensure("tool", io.StringIO())


def test_a_processor_without_a_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RELEASES, "tool", Release("1.2.3", {"vax": Asset("http://127.0.0.1:1/never", "")}))
    assert f"no release is pinned for {os.uname().machine}, only for Linux on vax" in refusal()
    assert not downloads.downloadable("tool")
    assert not downloads.downloadable("unknown")


@pytest.mark.parametrize("tool", RELEASES)
def test_every_pin_is_an_exact_file_of_an_exact_version(tool: str) -> None:
    release = RELEASES[tool]
    assert release.assets.keys() == {"x86_64", "aarch64"}
    for asset in release.assets.values():
        assert asset.url.startswith("https://github.com/")
        assert release.version in asset.url
        assert len(bytes.fromhex(asset.sha256)) == 32
    assert len({asset.sha256 for asset in release.assets.values()}) == 2
