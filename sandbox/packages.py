"""What Debian and Ubuntu bring: the container runtime and the tools around it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox.step import SandboxError, Step, run

PROGRAMS = {
    "containerd": "containerd",
    "runc": "runc",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
    "iptables": "iptables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "mmdebstrap": "mmdebstrap",
    "skopeo": "skopeo",
}
"""A program to the package that has it."""


def missing() -> list[str]:
    """The packages that this machine lacks, sorted."""
    return sorted(package for program, package in PROGRAMS.items() if not shutil.which(program))


def install() -> Step:
    """Install the packages that are missing, without starting their services."""

    def install_missing(log: IO[str]) -> str:
        if not (packages := missing()):
            return "there"
        if not shutil.which("apt-get"):
            raise SandboxError(f"{', '.join(packages)} missing and there is no apt-get. Install them by hand")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(log, "apt-get", "update", env=quiet)
        with _services_unstarted():
            run(log, "apt-get", "install", "--yes", "--no-install-recommends", "--no-remove", *packages, env=quiet)
        return f"installed {', '.join(packages)}"

    return Step("Debian packages", install_missing)


@contextmanager
def _services_unstarted() -> Iterator[None]:
    """Keeps maintainer scripts from starting a containerd that nobody asked for: a policy of 101 forbids it."""
    policy, ours = Path("/usr/sbin/policy-rc.d"), "#!/bin/sh\n# of slipway's sandbox\nexit 101\n"
    if policy.exists() and policy.read_text() != ours:
        yield
        return
    policy.write_text(ours)
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
