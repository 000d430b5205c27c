"""Keeps every test away from the machine's own sandbox: other folders, other names, other programs."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from sandbox import network, paths, remains

Fake = Callable[[str, str], Path]
"""Puts a shell script of a name on PATH; returns its path."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder, and nothing of a sandbox that may run on this machine."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(paths, "sockets", lambda: tmp_path / "run")
    monkeypatch.setattr(network, "NAMESPACE", "slipway-test")
    monkeypatch.setattr(remains, "CGROUPS", tmp_path / "cgroup")
    (tmp_path / "cgroup").mkdir()
    return tmp_path


@pytest.fixture
def ranges() -> network.Ranges:
    """The ranges of a sandbox, noted as `network.create` does."""
    paths.write(paths.sandbox() / "network", "10.200.0.0/16\n")
    return network.ranges()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[IO[str]]:
    with (tmp_path / "log").open("w+", buffering=1) as stream:
        yield stream


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A PATH of its own; scripts see the usual one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "setpriv").symlink_to(shutil.which("setpriv") or "/usr/bin/setpriv")
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, script: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n{script}\n")
        path.chmod(0o755)
        return path

    return make
