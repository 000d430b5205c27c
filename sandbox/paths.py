"""Where things are kept: the user's own folders, never the project's."""

import os
from pathlib import Path


def cache() -> Path:
    """What can be made again: programs, packages, images."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway"


def state() -> Path:
    """What belongs to what runs: clusters, engine state, logs. Environment files name places in it, so it is fixed."""
    return Path.home() / ".local" / "state" / "slipway"


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


def write(path: Path, text: str) -> None:
    """Make `path` a file of `text` that only its owner reads: whole or not at all; left alone if it is so already.

    The owner is who asked, also by way of sudo.
    """
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.touch(mode=0o600)
    partial.write_text(text)
    if os.geteuid() == 0 and (user := os.environ.get("SUDO_UID")):
        os.chown(partial, int(user), -1)
    partial.rename(path)
