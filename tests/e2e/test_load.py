"""A model under load: replicas come and go, somebody is called when it fails, and every picture of it has something."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from components.observability.dashboards import serving
from components.unit import KubernetesObject
from infra import settings

from .cluster import Cluster, infer, request
from .machine import ROOT
from .prometheus import started
from .test_changes import SETOSA

pytestmark = pytest.mark.e2e

WRONG = request("measurements", [1.0, 2.0])
"""What the server answers with 500: the model takes four columns."""
SECONDS = 150
"""metrics-server asks the kubelet every 15 s; a pod that starts shows no use of CPU yet."""
AT_ONCE = {way: {"stabilizationWindowSeconds": 0} for way in ("scaleUp", "scaleDown")}
"""Where an environment waits, lest replicas come and go with every gust."""


@pytest.mark.parametrize("wait", ["2s", pytest.param(None, marks=pytest.mark.soak, id="as long as they say")])
def test_answers_that_fail_call_somebody_and_every_panel_shows_something(
    cluster: Cluster, tmp_path: Path, wait: str | None
) -> None:
    panels = [panel for row in serving("models").rows for panel in row.panels]
    queries = {query.expr.replace("$stack", ".*") for panel in panels for query in panel.queries}

    def blank() -> set[str]:
        return {each for each in queries if not prometheus.query(each)}

    with started(cluster, tmp_path, wait) as prometheus, asked(cluster, SETOSA, WRONG):
        assert until(lambda: ("ModelErrors", "iris") in prometheus.firing(), SECONDS if wait else 500)
        assert until(lambda: not blank(), SECONDS), blank()
        assert len(queries) > 10


@pytest.mark.soak
def test_replicas_follow_the_load(cluster: Cluster) -> None:
    units = settings.from_file("sandbox", ROOT).units()
    (scaler,) = (each for unit in units for each in unit.objects if each["kind"] == "HorizontalPodAutoscaler")
    least = scaler["spec"]["minReplicas"]

    def wanted() -> int:
        return int(cluster.get("deployment", "iris")["spec"]["replicas"])

    _apply(cluster, {**scaler, "spec": {**scaler["spec"], "behavior": AT_ONCE}})
    try:
        with asked(cluster, SETOSA, SETOSA, SETOSA):
            assert until(lambda: wanted() > least, SECONDS)
        assert until(lambda: wanted() == least, SECONDS)
    finally:
        _apply(cluster, scaler)


def _apply(cluster: Cluster, manifest: KubernetesObject) -> None:
    """As `slipway up` does it, so that the next one finds nothing to change."""
    how = ("--server-side", "--force-conflicts", "--field-manager=slipway")
    cluster.kubectl("apply", *how, "-f", "-", stdin=json.dumps(manifest))


@contextmanager
def asked(cluster: Cluster, *bodies: object) -> Iterator[None]:
    """Each of `bodies` is sent to iris again and again, by a client of its own, until the block ends."""
    address, ended = cluster.address("iris"), threading.Event()

    def ask(body: object) -> None:
        while not ended.is_set():
            with suppress(AssertionError, OSError):
                infer(address, "iris", body)

    clients = [threading.Thread(target=ask, args=(body,)) for body in bodies]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        ended.set()
        for client in clients:
            client.join()


def until(happened: Callable[[], bool], seconds: float) -> bool:
    """Whether it has happened before time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if happened():
                return True
        time.sleep(1)
    return False
