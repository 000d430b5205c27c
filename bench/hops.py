"""What each hop between a caller and a model adds to a request: server, Service, a graph's router."""

import io
import json
import statistics
import sys
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from bench import serving
from bench.ask_process import WARM_UP, Call
from bench.measure import process, ratio, rounds
from bench.report import Section
from bench.serving import Served
from bench.workload import OWNER, stacks
from components.runtimes.seldon import Seldon
from components.seldon.graph import Graph, parameters
from components.seldon.node import IMAGE
from components.seldon.predictor import Predictor
from components.unit import KubernetesObject
from model_stacks.iris import IRIS
from model_stacks.iris_graph import node
from sandbox import graph_pods, registry
from sandbox.network import inside

BARE = "the server, at its pod's address"
COLUMNS = ("way", "median", "p99", "median / bare", "p99 / bare")
ROW = [5.1, 3.5, 1.4, 0.2]
ALONE = """
import json, sys, time
import joblib, numpy as np

model, row, seconds = joblib.load(sys.argv[1]), np.array([json.loads(sys.argv[2])]), []
for _ in range(int(sys.argv[3])):
    began = time.perf_counter()
    model.predict(row)
    seconds.append(time.perf_counter() - began)
print(json.dumps(seconds))
"""
"""The model without its server, by the server's own Python."""
UNASKED = tuple(Graph(name=f"unasked-{n}", implementation="SKLEARN_SERVER", model_uri="s3://unasked/") for n in (0, 1))
ROUTER = Graph(
    name="router",
    type="ROUTER",
    node=node("bandits", "Thompson"),
    parameters=parameters(n_branches=len(UNASKED)),
    children=UNASKED,
)
"""Its choice is what is asked for here, not its children."""


class Latency(NamedTuple):
    """Of the requests of one process, in seconds."""

    median: float
    p99: float


def measure(repeat: int = 11, requests: int = 300) -> Section:
    """Ask the same each way, `requests` times in each of `repeat` rounds."""
    (stack,), router = stacks(1), _router()
    pod = router[-1]["metadata"]["name"]
    registry.load(IMAGE).run(io.StringIO())
    with serving.served(stack, beside=router) as cluster:
        chooser = _asked_for_a_child(cluster, pod)
        address, service = cluster.pods(stack)[0]["status"]["podIP"], cluster.get(f"services/{stack.name}")["spec"]
        path = f"/v2/models/{stack.name}/infer"
        behind: Call = (service["clusterIP"], 80, path, IRIS.sample)
        ways = {
            "the model alone, in a process": partial(_alone, stack.name, requests),
            BARE: partial(_asked, requests, (address, 8080, path, IRIS.sample)),
            "the server, through its Service": partial(_asked, requests, behind),
            "a graph's router, then the Service": partial(_asked, requests, chooser, behind),
        }
        runs, held = rounds(repeat, ways), cluster.memory()[pod] / 1e6
    return Section("Latency of each hop", COLUMNS, rows(runs), _notes(repeat, requests, held))


def rows(runs: Mapping[str, list[Latency]]) -> list[tuple[str, ...]]:
    """A row for each way, with its ratios to BARE."""
    return [_row(name, each, runs[BARE]) for name, each in runs.items()]


def latency(seconds: list[float]) -> Latency:
    """Of one process's requests."""
    return Latency(statistics.median(seconds), statistics.quantiles(seconds, n=100, method="inclusive")[-1])


def _row(name: str, ours: list[Latency], bare: list[Latency]) -> tuple[str, ...]:
    medians = [f"{statistics.median(each) * 1e3:.2f} ms" for each in zip(*ours, strict=True)]
    pairs = zip(zip(*ours, strict=True), zip(*bare, strict=True), strict=True)
    return (name, *medians, *(f"{ratio([*left], [*right]):.2f}" for left, right in pairs))


def _asked(requests: int, *calls: Call) -> Latency:
    """By a process in the sandbox's network, as a pod's caller is."""
    command = inside(sys.executable, "-m", "bench.ask_process", str(requests), json.dumps(calls))
    return latency(json.loads(process(*command).printed))


def _alone(stack: str, requests: int) -> Latency:
    assert IRIS.artefact
    place = (f"/mnt/models/{stack}/{IRIS.artefact.path.name}", json.dumps(ROW), str(WARM_UP + requests))
    command = ("exec", f"deployment/{stack}", "--", "python3", "-W", "ignore", "-c", ALONE, *place)
    return latency(json.loads(serving.kubectl(*command))[WARM_UP:])


def _router() -> list[KubernetesObject]:
    """A pod of the router, last, and what it needs."""
    stack = Seldon(name="graph", owner=OWNER, predictors=(Predictor(name="main", graph=ROUTER),))
    told = {ROUTER.name: [each.manifest() for each in ROUTER.parameters]}
    return graph_pods.made_of(stack.objects(serving.CONTEXT), told)


def _asked_for_a_child(cluster: Served, pod: str) -> Call:
    """How the router is asked, once it runs."""
    serving.kubectl("wait", "--for=condition=Ready", "--timeout=120s", f"pod/{pod}")
    place = graph_pods.places(cluster.get(f"pods/{pod}"))[ROUTER.name]
    return (*place, "/route", {"data": {"ndarray": [ROW]}})


def _notes(repeat: int, requests: int, held: float) -> tuple[str, ...]:
    return (
        f"Medians of {repeat} rounds of {requests} requests, {WARM_UP} more before them left out. One caller, in the "
        "node's network, with connections that it keeps; the Service is kube-proxy's iptables rules.",
        "The model is a logistic regression, computed in microseconds: beside a slow model, every hop is smaller.",
        "The router is Seldon's Python server with a Thompson sampler of ours. The caller asks it itself, then the "
        "server, in place of Seldon's executor, which does not run here: what that takes is not in it.",
        f"The router's pod holds {held:.0f} MB of its own, beside pages of files.",
    )
