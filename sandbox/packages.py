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
    "gpg": "gpg",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
"""A program, or a file, to the package that has it. The last two are what Ubuntu lacks to trust Debian's packages."""

POLICY = Path("/usr/sbin/policy-rc.d")
"""What maintainer scripts ask before they start a service (Debian: invoke-rc.d)."""


def missing() -> list[str]:
    """The packages that this machine lacks, sorted."""
    return sorted(package for program, package in PROGRAMS.items() if not _there(program))


def install() -> Step:
    """Install the packages that are missing, without starting their services."""

    def install_missing(log: IO[str]) -> str:
        if not (packages := missing()):
            return "there"
        if not shutil.which("apt-get"):
            raise SandboxError(f"{', '.join(packages)} missing and there is no apt-get. Install them by hand")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(log, "apt-get", "update", env=quiet)
        patient = ("--yes", "--no-install-recommends", "--no-remove", "--option=DPkg::Lock::Timeout=120")
        with _services_unstarted():
            run(log, "apt-get", "install", *patient, *packages, env=quiet)
        return f"installed {', '.join(packages)}"

    return Step("Debian packages", install_missing)


def _there(program: str) -> bool:
    return Path(program).exists() if program.startswith("/") else bool(shutil.which(program))


@contextmanager
def _services_unstarted() -> Iterator[None]:
    """Keeps maintainer scripts from starting a containerd that nobody asked for: a policy of 101 forbids it."""
    ours = "#!/bin/sh\n# of slipway's sandbox\nexit 101\n"
    if POLICY.exists() and POLICY.read_text() != ours:
        yield
        return
    POLICY.write_text(ours)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
