"""Brings images to the node: from the cache, from a registry, or from a recipe."""

import importlib
import pkgutil
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import IO

from sandbox import images, paths
from sandbox.network import inside
from sandbox.step import SandboxError, Step, run

PULL_SECONDS = 300
CONNECT_SECONDS = 15


def load(reference: str) -> Step:
    """Have `reference` on the node, under exactly that name."""

    def bring(log: IO[str]) -> str:
        if reference in _loaded(log):
            return "loaded"
        path = cached(reference)
        how = "cached" if path.exists() else _obtain(reference, path, log)
        run(log, *_ctr("images", "import", "--no-unpack=false", path))
        return how

    return Step(f"Image {reference.rpartition('/')[2]}", bring)


def cached(reference: str) -> Path:
    """Where the image's file is, or will be."""
    return images.folder() / f"{re.sub('[^-.a-zA-Z0-9]', '_', reference)}.tar"


def recipe(reference: str) -> ModuleType | None:
    """The module of `sandbox.images` that builds `reference`, if there is one."""
    modules = (
        importlib.import_module(f"{images.__name__}.{found.name}") for found in pkgutil.iter_modules(images.__path__)
    )
    return next((module for module in modules if re.fullmatch(module.REFERENCES, reference)), None)


def _obtain(reference: str, path: Path, log: IO[str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if refusal := _pull(reference, path, log):
        if not (builder := recipe(reference)):
            raise SandboxError(
                f"image {reference}: no registry gives it ({refusal}) and no recipe in sandbox/images builds it. "
                f"Put a `docker save` of it at {path}"
            )
        builder.make(reference, path, log)
        return "built, for no registry answers"
    return "pulled"


def _pull(reference: str, path: Path, log: IO[str]) -> str:
    """Fetch the image with skopeo; why that is not possible, or an empty string."""
    partial = path.with_suffix(".pulled")
    partial.unlink(missing_ok=True)
    look = ("skopeo", "inspect", "--raw", f"docker://{reference}")
    fetch = ("skopeo", "copy", "--quiet", f"docker://{reference}", f"docker-archive:{partial}:{reference}")
    try:
        for command, seconds in ((look, CONNECT_SECONDS), (fetch, PULL_SECONDS)):
            subprocess.run(command, check=True, stdout=log, stderr=log, stdin=subprocess.DEVNULL, timeout=seconds)
    except FileNotFoundError:
        return "skopeo is not installed"
    except subprocess.TimeoutExpired:
        return "the registry does not answer in time"
    except subprocess.CalledProcessError:
        return "the registry cannot be reached or refuses"
    partial.rename(path)
    return ""


def _loaded(log: IO[str]) -> set[str]:
    return set(run(log, *_ctr("images", "list", "--quiet")).split())


def _ctr(*arguments: str | Path) -> list[str]:
    socket = paths.sockets() / "containerd.sock"
    return inside("ctr", "--address", socket, "--namespace", "k8s.io", *arguments)
