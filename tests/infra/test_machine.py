"""Which environment fits a machine: programs on PATH stand in for it."""

import shutil
import time
from pathlib import Path

import pytest

from infra import machine


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder that has nothing in it yet but `sh`."""
    monkeypatch.setenv("PATH", str(tmp_path))
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
    began = time.monotonic()
    assert not machine.docker_answers()
    assert time.monotonic() - began < 8


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
