"""Which environment fits a machine: programs on PATH stand in for it."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from infra import downloads, machine


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder that has nothing in it yet but `sh`."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def put(folder: Path, name: str, script: str = "exit 0") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_docker_answers_when_its_engine_does(programs: Path) -> None:
    assert not machine.docker_answers()
    put(programs, "docker", "exit 1")
    assert not machine.docker_answers()
    put(programs, "docker")
    assert machine.docker_answers()


def test_a_docker_that_hangs_does_not_answer(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(programs, "docker", f"exec {shutil.which('sleep', path='/usr/bin:/bin')} 30")
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *words, timeout, **how: run(*words, timeout=timeout / 25, **how))
    assert not machine.docker_answers()


def test_the_environment_that_is_asked_for_is_taken(programs: Path) -> None:
    put(programs, "docker", "exit 1")
    assert machine.choose("eks").environment == "eks"


def test_without_docker_it_is_the_sandbox(programs: Path) -> None:
    choice = machine.choose(None)
    assert choice.environment == "sandbox"
    assert "no Docker answers" in choice.reason


def test_with_docker_and_its_tools_it_is_dev(programs: Path) -> None:
    for name in ("docker", "k3d", "pulumi", "pulumi-language-python"):
        put(programs, name)
    choice = machine.choose(None)
    assert choice.environment == "dev"
    assert "k3d" in choice.reason


def test_with_docker_and_tools_that_cannot_be_had_it_is_the_sandbox(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, "docker")
    monkeypatch.setenv("XDG_CACHE_HOME", str(programs / "cache"))
    monkeypatch.setattr("platform.machine", lambda: "vax")
    choice = machine.choose(None)
    assert choice.environment == "sandbox"
    assert "no release is pinned for vax" in choice.reason


def test_a_tool_is_put_on_our_path(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = programs / "elsewhere"
    elsewhere.mkdir()
    put(elsewhere, "k3d")
    monkeypatch.setattr(downloads, "ensure", lambda tool, log: elsewhere / tool)
    assert machine.tool("k3d").run(io.StringIO()) == str(elsewhere / "k3d")
    assert os.environ["PATH"].split(os.pathsep) == [str(programs), str(elsewhere)]
