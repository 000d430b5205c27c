"""What the sandbox needs of this machine, asked before anything is made."""

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sandbox import paths
from sandbox.archive import ARCHITECTURES
from sandbox.step import SandboxError, Step, succeeds

DISK_GIB, MEMORY_GIB = 16, 3
BUILT_DISK_GIB = 4
"""Of the disk, once its programs and images are built."""


def check() -> Step:
    """Refuse a machine that cannot do it, with all reasons at once."""

    def ask(log: IO[str]) -> str:
        if found := list(obstacles()):
            raise SandboxError("\n".join(["this machine cannot run the sandbox:", *found]))
        return "fit"

    return Step("This machine", ask)


def obstacles() -> Iterator[str]:
    """Each thing that is missing: object, fact and cure."""
    if platform.system() != "Linux":
        yield f"system: it is {platform.system()}; a node needs Linux. Use a Linux machine, or Docker and k3d"
        return
    if platform.machine() not in ARCHITECTURES:
        yield f"processor: it is {platform.machine()}; known are {', '.join(ARCHITECTURES)}"
    if os.geteuid() != 0:
        yield "rights: network namespaces and mounts need root. Run it with sudo"
    if (free := _free_gib()) < (needed := _needed_gib()):
        yield f"disk: {free} GiB free below {paths.cache().parent}, {needed} are needed. Free some"
    if _memory_gib() < MEMORY_GIB:
        yield f"memory: {_memory_gib():.1f} GiB, {MEMORY_GIB} are needed. Use a larger machine"
    if not _overlay():
        yield "kernel: it has no overlayfs, and `modprobe overlay` loads none. Use a kernel that has it"


def _free_gib() -> int:
    """Where the cache is, or will be."""
    folder = next(path for path in (paths.cache(), *paths.cache().parents) if path.exists())
    return shutil.disk_usage(folder).free // 1024**3


def _needed_gib() -> int:
    return BUILT_DISK_GIB if (paths.cache() / "bin").exists() else DISK_GIB


def _overlay() -> bool:
    """Whether layers can be mounted; a fresh machine loads the module when it is first asked for."""
    known = Path("/proc/filesystems")
    return "overlay" in known.read_text() or (succeeds("modprobe", "overlay") and "overlay" in known.read_text())


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
