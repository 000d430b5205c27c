"""What many small models hold of a node's memory: a pod each, or all in one server."""

from itertools import pairwise
from typing import NamedTuple

from bench import serving
from bench.report import Section
from bench.workload import OWNER, stacks
from components.model_stack import ModelStack
from components.runtimes.mlserver import MLServer
from components.values import Resources
from model_stacks.iris import IRIS

REQUESTS = 20
RESOURCES = Resources(cpu="10m")
"""So that a small machine takes the most of them; a server's limits are what they are by default."""
COLUMNS = ("models", "a pod each", "one server", "ratio", "each further pod", "each further model")


class Held(NamedTuple):
    """Memory of so many models, in MB: with a pod each, and in one server."""

    models: int
    apart: float
    together: float


def measure(counts: tuple[int, ...] = (1, 5, 20)) -> Section:
    """Serve each of `counts` models both ways, and read what their pods hold."""
    found = [Held(count, _held(*stacks(count, resources=RESOURCES)), _held(_server(count))) for count in counts]
    return Section("Memory of many models", COLUMNS, rows(found), _notes())


def rows(found: list[Held]) -> list[tuple[str, ...]]:
    """A row for each number of models; what a further one holds is the difference to the row before."""
    further = [("", ""), *(_further(*pair) for pair in pairwise(found))]
    return [_row(held, more) for held, more in zip(found, further, strict=True)]


def _row(held: Held, further: tuple[str, str]) -> tuple[str, ...]:
    ratio = held.apart / held.together
    return (f"{held.models}", f"{held.apart:,.0f} MB", f"{held.together:,.0f} MB", f"{ratio:.1f}", *further)


def _further(few: Held, many: Held) -> tuple[str, str]:
    models = many.models - few.models
    grown = ((many.apart - few.apart) / models, (many.together - few.together) / models)
    return (_rounded(grown[0]), _rounded(grown[1]))


def _rounded(megabytes: float) -> str:
    """Two servers of the same models differ by a few MB."""
    return f"{megabytes:.0f} MB" if megabytes >= 1 else "under 1 MB"


def _server(count: int) -> MLServer:
    models = {f"model-{number:04}": IRIS for number in range(count)}
    return MLServer.model_validate({"name": "together", "owner": OWNER, "models": models, "resources": RESOURCES})


def _held(*given: ModelStack) -> float:
    with serving.served(*given) as cluster:
        cluster.ask(REQUESTS)
        return sum(cluster.memory().values()) / 1e6


def _notes() -> tuple[str, ...]:
    return (
        "scikit-learn models of 2 kB in MLServer, which computes in its own process (`parallel_workers: 0`). One run.",
        f"Anonymous memory of the pods, by the kubelet, after {REQUESTS} requests to each model. Pages of files, "
        "such as libraries, are left out: servers on one node share them.",
    )
