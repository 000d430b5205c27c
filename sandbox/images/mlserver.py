"""MLServer: Debian's Python, and the very packages of the official image from PyPI.

The official amd64 image of 1.7.1 was built on 2025-06-06 without an upper bound on its dependencies; the requirements
beside this module are what was current on that day: mlserver.txt what all formats share, mlserver-FORMAT.txt the rest.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox import archive, images
from sandbox.step import run

HERE = Path(__file__).parent
FORMATS = tuple(sorted(path.stem.removeprefix("mlserver-") for path in HERE.glob("mlserver-*.txt")))
REFERENCES = rf"docker\.io/seldonio/mlserver:1\.7\.1-({'|'.join(FORMATS)})"
SUITE, PYTHON = "bookworm", "3.11"
PACKAGES = Path("usr/local/lib", f"python{PYTHON}", "dist-packages")
CONFIG = {
    "Cmd": ["mlserver", "start", "/mnt/models"],
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "MLSERVER_MODELS_DIR=/mnt/models"],
    "User": "1000",
    "WorkingDir": "/opt/mlserver",
}
LAUNCHER = f"#!/usr/bin/python{PYTHON}\nfrom mlserver.cli import main\n\nmain()\n"


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Three layers: Debian, MLServer, and the runtime of one format; all images share the lower two."""
    layers = [_debian(log), _packages("mlserver", log), _packages(f"mlserver-{reference.rpartition('-')[2]}", log)]
    archive.write(target, reference, layers, CONFIG)


def _debian(log: IO[str]) -> Path:
    """Python, OpenMP for LightGBM, and the folders that the server works in."""
    layer = _layer(f"debian-{SUITE}")
    if not layer.exists():
        layer.parent.mkdir(parents=True, exist_ok=True)
        partial = layer.with_suffix(".partial.tar")
        unread = (f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "locale", "man"))
        folders = "--customize-hook=mkdir -p $1/opt/mlserver $1/mnt/models $1/usr/local/bin"
        run(log, "mmdebstrap", "--variant=minbase", "--include=python3,libgomp1", *unread, folders, SUITE, partial)
        partial.rename(layer)
    return layer


def _packages(name: str, log: IO[str]) -> Path:
    """What `name`.txt requires, compiled by the image's own Python: at run time its file system is read-only."""
    layer = _layer(name)
    if not layer.exists():
        with _root(layer.with_suffix(".root"), log) as root:
            _install(HERE / f"{name}.txt", root / PACKAGES, log)
            # A layer keeps no times, by which Python would take compiled files for stale.
            compileall = ("compileall", "-q", "--invalidation-mode=unchecked-hash")
            run(log, "chroot", root, f"python{PYTHON}", "-m", *compileall, f"/{PACKAGES}")
            launcher = root / "usr/local/bin/mlserver"
            launcher.write_text(LAUNCHER)
            launcher.chmod(0o755)
            archive.layer(root / "usr/local", layer, "usr/local")
    return layer


@contextmanager
def _root(root: Path, log: IO[str]) -> Iterator[Path]:
    """The Debian layer, unpacked for as long as the block runs."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    run(log, "tar", "--extract", "--file", _debian(log), "--directory", root, "--exclude=./dev/*")
    yield root
    shutil.rmtree(root)


def _install(requirements: Path, target: Path, log: IO[str]) -> None:
    pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-compile", "--require-hashes", "--quiet")
    wheels = ("--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", "--upgrade")
    run(log, *pip, *wheels, "--target", target, "--requirement", requirements)


def _layer(name: str) -> Path:
    return images.folder() / "layers" / f"{name}.tar"
