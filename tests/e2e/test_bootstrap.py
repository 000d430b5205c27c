"""From nothing to a prediction, through a command that is killed again and again, and then not alone."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import paths
from sandbox.daemons import processes

from .machine import slipway, start, well

pytestmark = pytest.mark.e2e

UP = ("up", "--env", "sandbox")
POINTS = {
    "Network of its own": 0.05,
    "Certificates and configuration": 0.05,
    "Control plane": 1.5,
    "Image mlserver:1.7.1-sklearn": 1.5,
    "Apply with kubectl": 0.4,
}
"""A step, and how many seconds after its beginning SIGKILL comes."""
NODE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
SECONDS = 2400
"""The longest wait for a step: on a machine with an empty cache Kubernetes is built before."""


def test_up_that_was_killed_at_every_stage_ends_well_and_alone(empty_machine: dict[str, list[str]]) -> None:
    for step, delay in POINTS.items():
        assert _killed(step, delay) == -9, step
    known = _logs()
    with start(*UP) as process:
        _wait(lambda: _log_says(known, "Control plane"), process)
        second = slipway(*UP)
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, err
    assert out.count("Asked iris") == 1
    assert second.code == 1
    assert f"pid {process.pid}" in second.err
    assert "Traceback" not in second.all
    assert _daemons() == dict.fromkeys(NODE, 1)
    assert '"data": [\n        0\n      ]' in well("predict", "iris", "--env", "sandbox").out


def _killed(step: str, delay: float) -> int:
    """The return code of an `up` that SIGKILL hits `delay` seconds after it has begun `step`."""
    known = _logs()
    with start(*UP) as process:
        _wait(lambda: _log_says(known, step), process)
        time.sleep(delay)
        process.kill()
        process.communicate()
    return process.returncode


def _wait(ready: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + SECONDS
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _logs() -> set[Path]:
    return {path for path in paths.logs().glob("slipway-*.log") if path.stat().st_size}


def _log_says(known: set[Path], step: str) -> bool:
    return any(f"=== {step}\n" in path.read_text(errors="replace") for path in _logs() - known)


def _daemons() -> dict[str, int]:
    """How often each of the node's programs runs on the sandbox's files."""
    programs, place = f"{paths.cache() / 'bin'}/", str(paths.sandbox())
    found = [each for _, each in processes() if each[0].startswith(programs) and place in " ".join(each)]
    running = [Path(command[0]).name.rpartition("-")[0] for command in found]
    return {program: running.count(program) for program in running}
