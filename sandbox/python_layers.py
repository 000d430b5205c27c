"""The layers of images that are Debian, its Python, and packages from PyPI."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox import archive, images
from sandbox.step import run

SUITE, PYTHON = "bookworm", "3.11"
PACKAGES = Path("usr/local/lib", f"python{PYTHON}", "dist-packages")
PATH = "PATH=/usr/local/bin:/usr/bin:/bin"


def debian(log: IO[str]) -> Path:
    """Python, its library for Triton, OpenMP for LightGBM, and the folders that the servers work in."""
    layer = _layer(f"debian-{SUITE}")
    if not layer.exists():
        layer.parent.mkdir(parents=True, exist_ok=True)
        partial = layer.with_suffix(".partial.tar")
        unread = (f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "locale", "man"))
        folders = "--customize-hook=mkdir -p $1/opt/mlserver $1/mnt/models $1/usr/local/bin"
        include = "--include=python3,libpython3.11,libgomp1"
        run(log, "mmdebstrap", "--variant=minbase", include, *unread, folders, SUITE, partial)
        partial.rename(layer)
    return layer


def packages(requirements: Path, log: IO[str], launchers: Mapping[str, str] = {}) -> Path:
    """What a file of requirements asks for, compiled by the image's own Python: at run time its file system is
    read-only. `launchers` are programs in /usr/local/bin, by name."""
    layer = _layer(requirements.stem)
    if not layer.exists():
        with _root(layer.with_suffix(".root"), log) as root:
            _install(requirements, root / PACKAGES, log)
            # A layer keeps no times, by which Python would take compiled files for stale.
            compileall = ("compileall", "-q", "--invalidation-mode=unchecked-hash")
            run(log, "chroot", root, f"python{PYTHON}", "-m", *compileall, f"/{PACKAGES}")
            for name, text in launchers.items():
                launcher = root / "usr/local/bin" / name
                launcher.write_text(text)
                launcher.chmod(0o755)
            archive.layer(root / "usr/local", layer, "usr/local")
    return layer


@contextmanager
def _root(root: Path, log: IO[str]) -> Iterator[Path]:
    """The Debian layer, unpacked for as long as the block runs."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    run(log, "tar", "--extract", "--file", debian(log), "--directory", root, "--exclude=./dev/*")
    yield root
    shutil.rmtree(root)


def _install(requirements: Path, target: Path, log: IO[str]) -> None:
    pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-compile", "--require-hashes", "--quiet")
    wheels = ("--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", "--upgrade")
    run(log, *pip, *wheels, "--target", target, "--requirement", requirements)


def _layer(name: str) -> Path:
    return images.folder() / "layers" / f"{name}.tar"
