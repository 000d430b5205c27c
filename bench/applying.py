"""What `slipway` adds to kubectl's own time where it applies an environment without an engine."""

import statistics
from functools import partial
from typing import NamedTuple

from bench import api_server, objects
from bench.measure import python, ratio, rounds, scratch
from bench.report import Section, aim

MOST = 1.5
COLUMNS = ("stacks", "what", "render and apply", "kubectl alone", "ratio", "aim")


class Applied(NamedTuple):
    """Seconds of an apply to an empty cluster, and of another that changes nothing."""

    first: float
    again: float


def missing() -> str:
    """Why there is nothing to measure; empty where there is."""
    return api_server.missing()


def measure(count: int = 200, repeat: int = 5) -> Section:
    """Apply `count` stacks, `repeat` times each way."""
    runs = rounds(repeat, {"slipway": partial(_slipway, count), "kubectl": partial(_kubectl, count)})
    rows = [_row(count, field, runs) for field in Applied._fields]
    notes = (
        f"Medians of {repeat} rounds, each on an empty etcd and kube-apiserver without controllers or nodes.",
        "Left: a process that builds the values, renders, notes what it will make, and applies both with kubectl.",
        "Right: `kubectl apply --server-side --validate=strict --recursive` of files rendered before.",
    )
    return Section("Render and apply", COLUMNS, rows, notes)


def _row(count: int, field: str, runs: dict[str, list[Applied]]) -> tuple[str, ...]:
    ours, other = ([getattr(run, field) for run in runs[who]] for who in ("slipway", "kubectl"))
    median = statistics.median
    tax = ratio(ours, other)
    return (f"{count}", field, f"{median(ours):.2f} s", f"{median(other):.2f} s", f"{tax:.2f}", aim(tax, MOST))


def _slipway(count: int) -> Applied:
    with api_server.running() as kubeconfig:
        command = ("-m", "bench.apply_process", str(count), kubeconfig)
        return Applied(python(*command).seconds, python(*command).seconds)


def _kubectl(count: int) -> Applied:
    with api_server.running() as kubeconfig, scratch() as parent:
        folder = parent / "rendered"
        objects.write(count, folder)
        return Applied(objects.apply(kubeconfig, folder).seconds, objects.apply(kubeconfig, folder).seconds)
