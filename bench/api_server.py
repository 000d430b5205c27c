"""A Kubernetes API server of its own for one measurement: etcd and kube-apiserver on loopback, nothing that acts."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address
from pathlib import Path

from bench.measure import BenchError, scratch
from sandbox import certificates
from sandbox.step import DIES_WITH_US, succeeds
from sandbox.toolchain import binary

NEEDED = ("etcd", "kube-apiserver", "kubectl")
HOST = "127.0.0.1"
PATIENCE = 60


def missing() -> str:
    """Why there can be none on this machine; empty where there can."""
    absent = [binary(name).name for name in NEEDED if not binary(name).exists()]
    return f"{', '.join(absent)} not built. `make up ENV=sandbox` builds them" if absent else ""


@contextmanager
def running() -> Iterator[Path]:
    """The administrator's kubeconfig of an empty API server, which ends with the block. Raises BenchError."""
    with scratch() as folder, ExitStack() as daemons:
        store, peers, secure = _free_ports(3)
        etcd = daemons.enter_context(_daemon(folder, "etcd", *_etcd(folder, store, peers)))
        server = daemons.enter_context(_daemon(folder, "kube-apiserver", *_api_server(folder, store, secure)))
        kubeconfig = folder / "kubeconfig"
        _wait(kubeconfig, folder, (etcd, server))
        yield kubeconfig


def _etcd(folder: Path, store: int, peers: int) -> tuple[str, ...]:
    return (
        f"--data-dir={folder}/data",
        f"--listen-client-urls=http://{HOST}:{store}",
        f"--advertise-client-urls=http://{HOST}:{store}",
        f"--listen-peer-urls=http://{HOST}:{peers}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    )


def _api_server(folder: Path, store: int, secure: int) -> tuple[str, ...]:
    """Its flags; its keys and the administrator's kubeconfig are written on the way."""
    ca = certificates.authority("bench")
    certificates.issue(ca, "kube-apiserver", hosts=("localhost", IPv4Address(HOST))).write(folder, "apiserver")
    certificates.signing_key().write(folder, "service-accounts")
    ca.write(folder, "ca")
    admin = certificates.issue(ca, "admin", groups=("system:masters",))
    certificates.kubeconfig(folder / "kubeconfig", f"https://{HOST}:{secure}", ca, admin)
    return (
        f"--bind-address={HOST}",
        f"--advertise-address={HOST}",
        f"--secure-port={secure}",
        "--endpoint-reconciler-type=none",
        "--anonymous-auth=false",
        "--authorization-mode=RBAC",
        f"--client-ca-file={folder}/ca.crt",
        f"--etcd-servers=http://{HOST}:{store}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder}/service-accounts.crt",
        f"--service-account-signing-key-file={folder}/service-accounts.key",
        "--service-cluster-ip-range=10.96.0.0/12",
        f"--tls-cert-file={folder}/apiserver.crt",
        f"--tls-private-key-file={folder}/apiserver.key",
    )


@contextmanager
def _daemon(folder: Path, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = (*DIES_WITH_US, str(binary(name)), *arguments)
    with (folder / f"{name}.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()  # its data go with the folder


def _wait(kubeconfig: Path, folder: Path, daemons: tuple[subprocess.Popen[bytes], ...]) -> None:
    deadline = time.monotonic() + PATIENCE
    ready = (binary("kubectl"), "--kubeconfig", kubeconfig, "get", "--raw", "/api/v1/namespaces/default")
    while not succeeds(*ready):
        if time.monotonic() > deadline or any(daemon.poll() is not None for daemon in daemons):
            words = "\n".join((folder / f"{name}.log").read_text()[-800:] for name in ("etcd", "kube-apiserver"))
            raise BenchError(f"the API server on {HOST} did not start within {PATIENCE} s. Its last words:\n{words}")
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as sockets:
        bound = [sockets.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in bound]
