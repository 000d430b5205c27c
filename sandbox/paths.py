"""Where things are kept: the user's own folders, never the project's."""

import os
from pathlib import Path


def cache() -> Path:
    """What can be made again: programs, packages, images."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def state() -> Path:
    """What belongs to what runs: clusters, engine state, logs."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def logs() -> Path:
    """Everything that steps print, one file a run."""
    return state() / "logs"


def sandbox() -> Path:
    """Everything of the sandbox cluster; it goes with the cluster."""
    return state() / "sandbox"


def sockets() -> Path:
    """Sockets of the sandbox: a short path, for a socket's name holds 107 bytes."""
    return Path("/run/slipway")


def kubeconfig() -> Path:
    """The administrator's way into the sandbox cluster."""
    return sandbox() / "kubeconfig"


def _xdg(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "slipway"
