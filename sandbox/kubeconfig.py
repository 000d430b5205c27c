"""Kubeconfigs with everything in them, so that a file can be copied and read alone."""

import base64
import json
from pathlib import Path


def write(path: Path, server: str, user: str, certificates: Path) -> Path:
    """Write a kubeconfig to `path` for `user`, whose certificate and key are in `certificates`; only its owner reads it."""

    def data(name: str) -> str:
        return base64.b64encode((certificates / name).read_bytes()).decode()

    cluster = {"server": server, "certificate-authority-data": data("ca.crt")}
    credentials = {"client-certificate-data": data(f"{user}.crt"), "client-key-data": data(f"{user}.key")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "sandbox",
        "clusters": [{"name": "sandbox", "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": user}}],
    }
    replace(path, json.dumps(config, indent=2), mode=0o600)
    return path


def replace(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` to `path`, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.touch(mode=mode)
    beside.write_text(text)
    beside.chmod(mode)
    beside.replace(path)
