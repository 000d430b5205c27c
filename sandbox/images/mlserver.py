"""MLServer: Debian's Python and the very packages of the official image, from PyPI.

The official amd64 image of 1.7.1 was built on 2025-06-06 without an upper bound on its dependencies; the requirements
beside this module are what was current on that day.
"""

import shutil
import sys
from pathlib import Path
from typing import IO

from sandbox import archive, paths
from sandbox.step import run

HERE = Path(__file__).parent
FORMATS = tuple(sorted(path.stem.removeprefix("mlserver-") for path in HERE.glob("mlserver-*.txt")))
REFERENCES = rf"docker\.io/seldonio/mlserver:1\.7\.1-({'|'.join(FORMATS)})"
SUITE, PYTHON = "bookworm", "3.11"
CONFIG = {
    "Cmd": ["mlserver", "start", "/mnt/models"],
    "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "MLSERVER_MODELS_DIR=/mnt/models"],
    "User": "1000",
    "WorkingDir": "/opt/mlserver",
}
LAUNCHER = f"#!/usr/bin/python{PYTHON}\nfrom mlserver.cli import main\n\nmain()\n"


def make(reference: str, target: Path, log: IO[str]) -> None:
    """Debian below, MLServer with the runtime of one format above."""
    scratch = target.with_suffix(".build")
    shutil.rmtree(scratch, ignore_errors=True)
    debian = _debian(scratch, log)
    packages = Path("usr/local/lib", f"python{PYTHON}", "dist-packages")
    _install(reference.rpartition("-")[2], debian / packages, log)
    run(log, "chroot", debian, f"python{PYTHON}", "-m", "compileall", "-q", f"/{packages}")
    launcher = debian / "usr/local/bin/mlserver"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    packed = scratch / "mlserver.tar"
    archive.layer(debian / "usr/local", packed, "usr/local")
    archive.write(target, reference, [_debian_layer(), packed], CONFIG)
    shutil.rmtree(scratch)


def _debian_layer() -> Path:
    return paths.cache() / "images" / f"debian-{SUITE}-python.tar"


def _debian(scratch: Path, log: IO[str]) -> Path:
    """A root file system with Python, and OpenMP for LightGBM; packed once for all formats."""
    layer = _debian_layer()
    if not layer.exists():
        partial = layer.with_suffix(".partial.tar")
        slim = ("--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*")
        more = ("--dpkgopt=path-exclude=/usr/share/locale/*", "--customize-hook=mkdir -p $1/opt/mlserver $1/mnt/models")
        run(log, "mmdebstrap", "--variant=minbase", "--include=python3,libgomp1", *slim, *more, SUITE, partial)
        partial.rename(layer)
    root = scratch / "root"
    root.mkdir(parents=True)
    run(log, "tar", "--extract", "--file", layer, "--directory", root, "--exclude=./dev/*")
    return root


def _install(model_format: str, target: Path, log: IO[str]) -> None:
    pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-compile", "--require-hashes", "--quiet")
    wheels = ("--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", "--upgrade")
    run(log, *pip, *wheels, "--target", target, "--requirement", HERE / f"mlserver-{model_format}.txt")
