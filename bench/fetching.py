"""What the init container that fetches a model adds to a server's start."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from ipaddress import IPv4Address
from subprocess import DEVNULL, PIPE
from typing import NamedTuple

from bench import serving
from bench.measure import ROOT, BenchError, ratio, rounds, scratch
from bench.report import Section
from bench.serving import NAMESPACE, Served
from bench.workload import OWNER
from components.runtimes.mlserver import MLServer
from components.unit import KubernetesObject
from model_stacks.iris import IRIS
from sandbox import certificates, network
from sandbox.network import inside
from sandbox.step import DIES_WITH_US

AT_HAND = "from a ConfigMap"
COLUMNS = ("the model comes", "until it answers", "ratio")
KEYS = "store"
PATIENCE = 120


class Store(NamedTuple):
    """Where the model lies, and the Secret that makes its server trusted."""

    uri: str
    secret: KubernetesObject


def measure(repeat: int = 5) -> Section:
    """Start a replica of each server anew, `repeat` times."""
    with _store() as store:
        at_hand = _server("at-hand", IRIS.model_dump())
        fetched = _server("fetched", {"format": IRIS.format, "uri": store.uri, "sample": IRIS.sample})
        with serving.served(at_hand, fetched, beside=[store.secret]) as cluster:
            starts = {AT_HAND: partial(_start, cluster, at_hand), "by HTTPS": partial(_start, cluster, fetched)}
            runs = rounds(repeat, starts)
    return Section("Start of a replica", COLUMNS, rows(runs), _notes(repeat))


def rows(runs: Mapping[str, list[float]]) -> list[tuple[str, ...]]:
    """A row for each way that a model comes, in seconds."""
    return [
        (name, f"{statistics.median(seconds):.1f} s", f"{ratio(seconds, runs[AT_HAND]):.2f}")
        for name, seconds in runs.items()
    ]


def _server(name: str, model: object) -> MLServer:
    fields = {"name": name, "owner": OWNER, "credentials": KEYS, "models": {"iris": model}}
    return MLServer.model_validate(fields)


def _start(cluster: Served, stack: MLServer) -> float:
    """Seconds from when a replica is killed until another one has loaded the model."""
    (old,) = cluster.pods(stack)
    began = time.perf_counter()
    serving.kubectl("delete", "pod", old["metadata"]["name"], "--grace-period=1", "--wait=false")
    while time.perf_counter() - began < PATIENCE:
        found = [each["status"].get("podIP") for each in cluster.pods(stack)]
        if found and found[0] and _answers(found[0]):
            return time.perf_counter() - began
        time.sleep(0.05)
    raise BenchError(f"{stack.name} has not answered for {PATIENCE} s. `kubectl describe pod` says why")


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address, 8080, timeout=5)
    try:
        connection.request("GET", "/v2/models/iris/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def _store() -> Iterator[Store]:
    """A server of the model by HTTPS, on the node."""
    assert IRIS.artefact
    node, authority = IPv4Address(network.ranges().node), certificates.authority("bench")
    with scratch() as folder:
        certificates.issue(authority, "store", hosts=(node,)).write(folder, "store")
        place = (str(node), folder / "store.crt", folder / "store.key", IRIS.artefact.path.parent)
        command = inside(sys.executable, "-m", "bench.store_process", *place)
        with subprocess.Popen([*DIES_WITH_US, *command], cwd=ROOT, stdout=PIPE, stderr=DEVNULL, text=True) as process:
            try:
                assert process.stdout
                if not (port := process.stdout.readline().strip()):
                    raise BenchError(f"the store of models on {node} does not start. Run bench.store_process by hand")
                yield Store(f"https://{node}:{port}/{IRIS.artefact.path.name}", _secret(authority))
            finally:
                process.kill()


def _secret(authority: certificates.Pair) -> KubernetesObject:
    keys = {"CA_CERTIFICATES": authority.certificate.decode()}
    metadata = {"name": KEYS, "namespace": NAMESPACE.name}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": keys}


def _notes(repeat: int) -> tuple[str, ...]:
    return (
        f"Medians of {repeat} rounds: from the moment when a replica is killed until the next one has loaded its "
        "model, asked every 50 ms past its probes.",
        "By HTTPS, an init container fetches a model of 2 kB from a server on the node and checks it: its time is that "
        "of another container and of its Python. It adds nothing to a request.",
    )
