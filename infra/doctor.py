"""What an environment needs of this machine, what is missing, and the command that mends it."""

import errno
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL
from typing import NamedTuple

import sandbox
from components.cluster import ClusterSpec, SignIn
from components.errors import SlipwayError
from components.extras import cure, missing
from infra import downloads, engine, machine
from infra.live import Live
from infra.settings import Target
from sandbox import packages, paths, preflight, toolchain

OLDEST_PYTHON = (3, 11)
DISK_GIB, MEMORY_GIB = 10, 3
"""What a cluster on this machine takes: its images, and its system pods with a few models."""
SECONDS = 20
"""How long a command of a cloud may take to say who is signed in."""
CURES = {
    "aws": "sudo apt-get install awscli",
    "az": "curl -sL https://aka.ms/InstallAzureCLIDeb | sudo bash",
    "gke-gcloud-auth-plugin": "gcloud components install gke-gcloud-auth-plugin",
    "kubelogin": "sudo az aks install-cli",
    "docker": "sudo apt-get install docker.io && sudo usermod --append --groups docker $USER, then log in again",
    "k3d": "curl -fsSL https://raw.githubusercontent.com/k3d-io/k3d/main/install.sh | bash",
    "pulumi": "curl -fsSL https://get.pulumi.com | sh",
}


class Check(NamedTuple):
    """One thing looked at. `ok` None: not in order yet, and `slipway up` sees to it. `cure` where ok is False."""

    name: str
    ok: bool | None
    fact: str
    cure: str = ""


def checks(target: Target | None, env_name: str) -> list[Check]:
    """Everything that `env_name` needs here; only what every environment needs where `target` could not be read."""
    if target is None:
        return [_python()]
    spec = target.cluster.spec
    if spec.known_kubeconfig() == str(sandbox.kubeconfig()):
        return [_python(), *_sandbox(), *_cluster(spec, env_name)]
    return [_python(), *_provisioning(spec, env_name), *_cluster(spec, env_name)]


def _python() -> Check:
    fact = f"{platform.python_version()} at {sys.executable}"
    return Check("Python", sys.version_info >= OLDEST_PYTHON, fact, "sudo apt-get install python3.11 python3.11-venv")


def _sandbox() -> Iterator[Check]:
    found = list(preflight.obstacles())
    for obstacle in found:
        name, _, rest = obstacle.partition(": ")
        yield Check(name.capitalize(), False, *_parted(rest))
    if not found:
        yield Check("This machine", True, "Linux, root, and enough disk and memory for the sandbox")
    if missing := packages.missing():
        yield Check("Debian packages", None, f"{', '.join(missing)} will be installed with apt-get")
    unbuilt = [name for name in toolchain.NODE_PROGRAMS if not toolchain.binary(name).exists()]
    if unbuilt:
        yield Check("Kubernetes", None, f"{', '.join(unbuilt)} will be built from Go modules, in about ten minutes")


def _provisioning(spec: ClusterSpec, env_name: str) -> Iterator[Check]:
    if lacking := missing(spec.extra):
        yield Check(
            "Python packages",
            False,
            f"{', '.join(lacking)} is not installed",
            f"{sys.executable} -m {cure(spec.extra)}",
        )
    yield from map(_program, spec.programs)
    if spec.sign_in and shutil.which(spec.sign_in.check[0]):
        yield _credentials(spec.sign_in)
    made = (paths.state() / "pulumi" / env_name).exists()
    if spec.here and not made:
        yield from (_disk(), _memory())
    yield from (_port(port) for port in spec.ports() if not made)
    yield _engine(spec)
    yield from (Check("Beforehand", None, caution) for caution in spec.cautions())


def _program(name: str) -> Check:
    if name == "docker" and shutil.which(name) and not machine.docker_answers():
        start = "sudo systemctl start docker, or, where it runs, sudo usermod --append --groups docker $USER"
        return Check(name, False, "it is installed and does not answer", start)
    if found := shutil.which(name):
        return Check(name, True, found)
    if downloads.downloadable(name):
        return Check(name, None, f"not on PATH; its release {downloads.RELEASES[name].version} will be downloaded")
    return Check(name, False, "not on PATH", CURES.get(name, f"install {name} and put it on PATH"))


def _credentials(sign_in: SignIn) -> Check:
    """What the command prints may be a token: nobody sees it."""
    try:
        code = subprocess.run(sign_in.check, stdin=DEVNULL, capture_output=True, timeout=SECONDS).returncode
        fact = f"`{' '.join(sign_in.check)}` ends with {code}"
    except (OSError, subprocess.TimeoutExpired):
        code, fact = 1, f"`{' '.join(sign_in.check)}` does not end in {SECONDS} s"
    return Check("Credentials", code == 0, fact, sign_in.cure)


def _engine(spec: ClusterSpec) -> Check:
    """Pulumi makes clusters; where there is one already, kubectl can do instead."""
    if shutil.which("pulumi") and not shutil.which("pulumi-language-python"):
        return Check("pulumi", False, "pulumi-language-python is not on PATH beside it", CURES["pulumi"])
    if engine.available() or spec.known_kubeconfig() is None:
        return _program("pulumi")
    if found := shutil.which("kubectl"):
        return Check("kubectl", True, f"{found}, in place of Pulumi")
    return Check("pulumi or kubectl", False, "neither is on PATH", CURES["pulumi"])


def _disk() -> Check:
    folder = next(path for path in (paths.cache(), *paths.cache().parents) if path.exists())
    free = shutil.disk_usage(folder).free / 1024**3
    fact = f"{free:.0f} GiB free at {folder}, {DISK_GIB} are needed"
    return Check("Disk", free >= DISK_GIB, fact, "docker system prune")


def _memory() -> Check:
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return Check("Memory", there >= MEMORY_GIB, f"{there:.1f} GiB, {MEMORY_GIB} are needed", "use a larger machine")


def _port(port: int) -> Check:
    try:
        with socket.create_server(("", port)):
            return Check(f"Port {port}", True, "free")
    except OSError as error:
        who = f"sudo ss --listening --tcp --numeric --processes 'sport = :{port}'"
        cure = f"{who} says who has it; end that, or choose another port"
        return Check(f"Port {port}", error.errno != errno.EADDRINUSE, str(error.strerror), cure)


def _cluster(spec: ClusterSpec, env_name: str) -> Iterator[Check]:
    """Whether the API server answers, where it is known before anything is made."""
    known = spec.known_kubeconfig()
    if known is None or "\n" in known:
        return
    if not Path(known).exists():
        ours = known == str(sandbox.kubeconfig())
        cure = f"write it there, or name another file in Pulumi.{env_name}.yaml"
        yield Check("Kubeconfig", None if ours else False, f"{known} does not exist", "" if ours else cure)
        return
    try:
        version = Live(Path(known), spec.known_context()).version()
        yield Check("Cluster", True, f"Kubernetes {version} answers")
    except SlipwayError as error:
        yield Check("Cluster", False, *_parted(str(error)))


def _parted(message: str) -> tuple[str, str]:
    """Fact and cure of an error's text: the cure is its last sentence."""
    fact, stop, cure = message.rpartition(". ")
    return (fact, cure) if stop else (message, "")
