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
from sandbox.step import SandboxError, run

SHIM = "containerd-shim-runc-v2"
CGROUPS = Path("/sys/fs/cgroup")
CONTROLLERS, PASSED_ON = "cgroup.controllers", "cgroup.subtree_control"
ASKED = {"cpu", "cpuset", "hugetlb", "memory", "pids"}
"""Controllers that a kubelet asks of its group with cgroup v2, where the kernel has them (its pkg/kubelet/cm)."""
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
    if not _before().exists():
        kernel = {name: Path("/proc/sys", name).read_text().strip() for name in KERNEL}
        absent = [place for place in FIXED if not Path(place).exists()]
        write(_before(), json.dumps({"kernel": kernel, "absent": absent, "controllers": sorted(_not_passed_on())}))


def restore() -> None:
    """Make the machine as `remember` found it."""
    if not _before().exists():
        return
    before = json.loads(_before().read_text())
    for name, value in before["kernel"].items():
        Path("/proc/sys", name).write_text(value)
    for controller in before.get("controllers", ()):
        with suppress(OSError):  # the kernel keeps what others have come to use
            (CGROUPS / PASSED_ON).write_text(f"-{controller}")
    for place in map(Path, before["absent"]):
        if all(path.is_dir() or path.name == "kubelet.sock" for path in place.rglob("*")):
            shutil.rmtree(place, ignore_errors=True)  # with any other file in it, it has become somebody else's


def cgroups() -> Iterator[Path]:
    """The sandbox's group in each hierarchy: one with cgroup v2, several with v1."""
    hierarchies = [CGROUPS] if (CGROUPS / CONTROLLERS).exists() else sorted(CGROUPS.iterdir())
    return (hierarchy / CGROUP for hierarchy in hierarchies if (hierarchy / "cgroup.procs").exists())


def make_cgroups() -> None:
    """Make the sandbox's group in each hierarchy. Raises SandboxError where it cannot have all that a kubelet asks."""
    if lacking := sorted(_not_passed_on()):
        try:
            (CGROUPS / PASSED_ON).write_text(" ".join(f"+{controller}" for controller in lacking))
        except OSError as error:
            fact = f"{CGROUPS} does not pass on {', '.join(lacking)} ({error.strerror})"
            raise SandboxError(f"cgroups: {fact}. Run it on the machine itself, not in a container") from None
    for group in cgroups():
        group.mkdir(exist_ok=True)


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
    for bundle in paths.sockets().glob("containerd/io.containerd.runtime.v2.task/k8s.io/*"):
        with suppress(FileNotFoundError):
            Path((bundle / "address").read_text().removeprefix("unix://")).unlink()
        shutil.rmtree(Path("/run/containerd/runc/k8s.io", bundle.name), ignore_errors=True)
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and str(os.readlink(link)).startswith(str(paths.sandbox())):
            link.unlink()
    for result in Path("/var/lib/cni/results").glob("*"):
        if f"{paths.sockets()}/" in result.read_text():
            result.unlink()


def _before() -> Path:
    return paths.sandbox() / "before.json"


def _not_passed_on() -> set[str]:
    """What a kubelet asks for and a new group would lack; with cgroup v1, nothing."""
    if not (CGROUPS / CONTROLLERS).exists():
        return set()
    known, passed_on = (set((CGROUPS / file).read_text().split()) for file in (CONTROLLERS, PASSED_ON))
    return (ASKED & known) - passed_on


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
