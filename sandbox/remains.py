"""What a sandbox leaves in the system, and how it is taken away."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from sandbox import paths
from sandbox.configuration import CGROUP
from sandbox.daemons import end, processes
from sandbox.paths import write
from sandbox.step import run

SHIM = "containerd-shim-runc-v2"
KERNEL = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
"""Settings of the whole machine that a kubelet changes, below /proc/sys."""
FIXED = (
    "/opt/containerd",
    "/run/containerd",
    "/run/runc",
    "/usr/libexec/kubernetes",
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/containers",
)
"""Folders that container runtime and kubelet make whatever they are told."""


def remember() -> None:
    """Note how the machine is, before the first daemon starts."""
    note = _before()
    if not note.exists():
        kernel = {name: Path("/proc/sys", name).read_text().strip() for name in KERNEL}
        write(note, json.dumps({"kernel": kernel, "absent": [place for place in FIXED if not Path(place).exists()]}))


def restore() -> None:
    """Make the machine as `remember` found it."""
    if not _before().exists():
        return
    before = json.loads(_before().read_text())
    for name, value in before["kernel"].items():
        Path("/proc/sys", name).write_text(value)
    for place in before["absent"]:
        shutil.rmtree(place, ignore_errors=True)


def cgroups() -> Iterator[Path]:
    """The sandbox's group in each hierarchy: one with cgroup v2, several with v1."""
    root = Path("/sys/fs/cgroup")
    hierarchies = [root] if (root / "cgroup.controllers").exists() else sorted(root.iterdir())
    return (hierarchy / CGROUP for hierarchy in hierarchies if (hierarchy / "cgroup.procs").exists())


def kill_pods(log: IO[str]) -> int:
    """End every container and its shim; how many processes that were."""
    inside = {pid for group in cgroups() for path in group.rglob("cgroup.procs") for pid in _pids(path)}
    shims = {pid for pid, command in processes() if command[0].endswith(SHIM) and _socket() in command}
    for pid in inside:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in shims:
        end(pid, patience=1)
    log.write(f"killed {len(inside)} processes of pods and {len(shims)} shims\n")
    return len(inside)


def unmount(log: IO[str]) -> None:
    """Undo every mount below the sandbox's folders, the innermost first."""
    ours = (f"{paths.sandbox()}/", f"{paths.sockets()}/")
    mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for target in reversed([target for target in mounted if target.startswith(ours)]):
        run(log, "umount", "--lazy", target)


def remove_cgroups() -> None:
    """Remove the sandbox's groups, the innermost first; the kernel takes a moment to empty them."""
    for group in cgroups():
        for folder in sorted((group, *group.rglob("*/")), reverse=True):
            _remove_when_empty(folder)


def remove_traces() -> None:
    """Remove what container runtime and kubelet keep at fixed places outside the sandbox's folders."""
    for note in paths.sockets().glob("containerd/io.containerd.runtime.v2.task/k8s.io/*/address"):
        Path(note.read_text().removeprefix("unix://")).unlink(missing_ok=True)
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and str(os.readlink(link)).startswith(str(paths.sandbox())):
            link.unlink()
    for result in Path("/var/lib/cni/results").glob("slipway-sandbox-*"):
        result.unlink()


def _before() -> Path:
    return paths.sandbox() / "before.json"


def _socket() -> str:
    return str(paths.sockets() / "containerd.sock")


def _pids(path: Path) -> list[int]:
    with suppress(OSError):
        return [int(pid) for pid in path.read_text().split()]
    return []


def _remove_when_empty(folder: Path, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while folder.is_dir() and time.monotonic() < deadline:
        with suppress(OSError):
            folder.rmdir()
        time.sleep(0.02)
