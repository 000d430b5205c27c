"""Where the sandbox keeps things, by the XDG base directory specification.

The cache (binaries, packages, image layers) outlives the sandbox; the state goes with `down`.
"""

import os
from pathlib import Path


def _base(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "slipway"


def cache() -> Path:
    """Folder of what was downloaded or built, each under its version."""
    return _base("XDG_CACHE_HOME", ".cache")


def binary(tool: str, version: str) -> Path:
    """Path of a program of that version, built or not."""
    return cache() / "bin" / f"{tool}-{version}"


def state() -> Path:
    """Folder of everything that a running sandbox has on disk."""
    return _base("XDG_STATE_HOME", ".local/state") / "sandbox"


def kubeconfig() -> Path:
    """The administrator's kubeconfig."""
    return state() / "kubeconfig"


def var() -> Path:
    """What the sandbox's processes see as /var."""
    return state() / "var"


def configuration() -> Path:
    """Folder of the daemons' configuration files."""
    return state() / "configuration"


def certificates() -> Path:
    """Folder of keys and certificates."""
    return state() / "certificates"


def daemon_log(name: str) -> Path:
    """What a daemon prints."""
    return state() / "logs" / f"{name}.log"


def logs() -> Path:
    """Folder of the command line's own logs."""
    return _base("XDG_STATE_HOME", ".local/state") / "logs"
