"""From nothing to a ready node, and back to nothing."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template
from typing import IO

from sandbox import (
    configuration,
    control_plane,
    daemons,
    network,
    packages,
    paths,
    preflight,
    registry,
    remains,
    toolchain,
)
from sandbox.daemons import Daemon
from sandbox.images import coredns
from sandbox.step import Step, run, succeeds

COREDNS = f"registry.k8s.io/coredns/coredns:{coredns.VERSION}"
PAUSE = "registry.k8s.io/pause:3.10"


def up(images: Sequence[str] = ()) -> Iterator[Step]:
    """Everything to a ready node with DNS, and `images` on it. Repeated, it mends what is missing."""
    yield preflight.check()
    yield packages.install()
    yield from map(toolchain.build, toolchain.NODE_PROGRAMS)
    yield network.create()
    yield Step("Certificates and configuration", _configure)
    yield Step("Container runtime", _runtime)
    yield from (registry.load(image) for image in (PAUSE, COREDNS))
    yield Step("Control plane", _control_plane)
    yield Step("Node", _node)
    yield Step("Cluster DNS", _dns)
    yield from (registry.load(image) for image in images)


def down() -> Iterator[Step]:
    """Every process, mount, interface and file of the sandbox is removed; what is cached stays."""
    yield Step("Stop every pod and daemon", _stop)
    yield Step("Remove network and files", _clean)


def status() -> list[tuple[str, str]]:
    """Each part of the sandbox, and whether it runs."""
    if not (paths.sandbox() / "network").exists():
        return [("sandbox", "not made")]
    running = [(daemon.name, daemon.pid()) for daemon in control_plane.all_daemons()]
    return [(name, f"runs (pid {pid})" if pid else "stopped") for name, pid in running]


def kubectl() -> Path:
    """The sandbox's own kubectl."""
    return toolchain.binary("kubectl")


def _configure(log: IO[str]) -> str:
    known = paths.kubeconfig().exists()
    configuration.write()
    return "there" if known else "made"


def _runtime(log: IO[str]) -> str:
    paths.sockets().mkdir(parents=True, exist_ok=True)
    remains.remember()
    daemon = control_plane.containerd()
    fresh = _start(daemon)
    socket = paths.sockets() / "containerd.sock"
    daemons.wait("container runtime", lambda: succeeds("ctr", "--address", socket, "version"), (daemon,))
    return fresh


def _control_plane(log: IO[str]) -> str:
    etcd, api = control_plane.etcd(), control_plane.api_server()
    fresh = _start(etcd, api)
    daemons.wait("API server", lambda: _asks("get", "--raw", "/readyz"), (etcd, api))
    others = (control_plane.controller_manager(), control_plane.scheduler())
    _start(*others)
    daemons.wait("service accounts", lambda: _asks("get", "serviceaccount", "default"), others)
    return fresh


def _node(log: IO[str]) -> str:
    remains.make_cgroups()
    kubelet, proxy = control_plane.kubelet(), control_plane.kube_proxy()
    fresh = _start(kubelet, proxy)
    ready = ("wait", "--for=condition=Ready", "--timeout=1s", f"node/{configuration.NODE}")
    daemons.wait("node", lambda: _asks(*ready), (kubelet, proxy))
    return fresh


def _dns(log: IO[str]) -> str:
    manifest = Template(Path(__file__).with_name("coredns.yaml").read_text())
    objects = manifest.substitute(IMAGE=COREDNS, DNS=network.ranges().dns)
    run(log, *_kubectl("apply", "--server-side", "--filename=-"), stdin=objects)
    run(log, *_kubectl("--namespace=kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s"))
    return str(network.ranges().dns)


def _start(*wanted: Daemon) -> str:
    stopped = [daemon for daemon in wanted if not daemon.pid()]
    for daemon in stopped:
        daemon.start()
    return f"started {', '.join(daemon.name for daemon in stopped)}" if stopped else "runs"


def _kubectl(*arguments: str) -> tuple[str, ...]:
    return (str(kubectl()), "--kubeconfig", str(paths.kubeconfig()), "--request-timeout=10s", *arguments)


def _asks(*arguments: str) -> bool:
    return succeeds(*_kubectl(*arguments))


def _stop(log: IO[str]) -> str:
    kubelet = str(toolchain.binary("kubelet").parent / "kubelet-")
    for pid in [pid for pid, command in daemons.processes() if command[0].startswith(kubelet)]:
        daemons.end(pid, patience=0.5)
    killed = remains.kill_pods(log)
    for pid in network.pids():
        daemons.end(pid, patience=0.5)
    return f"{killed} processes of pods"


def _clean(log: IO[str]) -> str:
    remains.unmount(log)
    remains.remove_cgroups()
    remains.remove_traces()
    remains.restore()
    network.remove(log)
    shutil.rmtree(paths.sockets(), ignore_errors=True)
    if paths.sandbox().exists():
        shutil.rmtree(paths.sandbox())
    return "done"
