"""What this machine has, and thus which environment fits it."""

import os
import shutil
import subprocess
from typing import NamedTuple


class Choice(NamedTuple):
    """An environment and the reason for it."""

    environment: str
    reason: str


def choose(wanted: str | None) -> Choice:
    """The environment that the user wants; else `dev` where Docker answers, else `sandbox`."""
    if wanted:
        return Choice(wanted, "you asked for it")
    if not docker_answers():
        return Choice("sandbox", "no Docker answers on this machine, so Kubernetes comes from published packages")
    if missing := [tool for tool in ("pulumi", "k3d") if not shutil.which(tool)]:
        return Choice("sandbox", f"Docker answers, but {' and '.join(missing)} cannot be had here")
    return Choice("dev", "Docker answers, so k3d makes the cluster and Pulumi everything on it")


def docker_answers() -> bool:
    """Whether a Docker engine answers within seconds."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=5).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def is_root() -> bool:
    """Whether this process may make network namespaces and mounts."""
    return os.geteuid() == 0
