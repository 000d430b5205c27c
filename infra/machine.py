"""What this machine has, and thus which environment fits it."""

import os
import shutil
import subprocess
import sys
from typing import IO, NamedTuple

from components.errors import SlipwayError
from infra import downloads, progress
from sandbox import Step


class Choice(NamedTuple):
    """An environment and the reason for it."""

    environment: str
    reason: str


def choose(wanted: str | None) -> Choice:
    """The environment that the user wants; else `dev` where Docker answers and its tools can be had, else `sandbox`."""
    if wanted is not None:
        return Choice(wanted, "you asked for it")
    if not docker_answers():
        return Choice("sandbox", "no Docker answers on this machine, so Kubernetes comes from published packages")
    try:
        progress.perform([tool(name) for name in ("pulumi", "k3d") if not shutil.which(name)])
    except SlipwayError as error:
        return Choice("sandbox", f"Docker answers, but there is a tool that cannot be had. {error}")
    return Choice("dev", "Docker answers, so k3d makes the cluster and Pulumi everything on it")


def tool(name: str) -> Step:
    """Have the program `name` on our PATH: the machine's, or its pinned release."""

    def run(log: IO[str]) -> str:
        found = downloads.ensure(name, log)
        os.environ["PATH"] = f"{os.environ['PATH']}{os.pathsep}{found.parent}"
        return str(found)

    return Step(f"Program {name}", run)


def docker_answers() -> bool:
    """Whether a Docker engine answers within seconds."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=5).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def become_root() -> None:
    """Start this very command again with sudo, unless it is root's already or there is no sudo."""
    if os.geteuid() != 0 and (sudo := shutil.which("sudo")):
        kept = "--preserve-env=HOME,PATH,SLIPWAY_ENV,SLIPWAY_PROJECT,XDG_CACHE_HOME"
        os.execv(sudo, [sudo, kept, sys.executable, "-m", "infra.cli", *sys.argv[1:]])
