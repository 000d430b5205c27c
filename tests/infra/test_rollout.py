import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from components.context import Context
from components.errors import SlipwayError
from components.unit import KubernetesObject, Unit
from infra import rollout
from infra.live import Live, Unreachable
from infra.patience import Patience
from tests.samples import stack

DEPLOYMENT = "/apis/apps/v1/namespaces/models/deployments/iris"
REPLICA_SETS = "/apis/apps/v1/namespaces/models/replicasets"
PODS = "/api/v1/namespaces/models/pods"


class Cluster(ThreadingHTTPServer):
    """An API server whose answer to a path is the next of a list, and after the last one always the last."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.answers: dict[str, list[Any]] = {PODS: [{"items": []}], REPLICA_SETS: [{"items": []}]}


class Answer(BaseHTTPRequestHandler):
    server: Cluster

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        answers = self.server.answers.get(address.path, [])
        found = answers.pop(0) if len(answers) > 1 else next(iter(answers), None)
        if isinstance(found, dict) and "items" in found:
            found = {"items": selected(found["items"], parse_qs(address.query)["labelSelector"][0])}
        text = found if isinstance(found, str) else json.dumps(found or {"kind": "Status", "message": "not found"})
        body = b"busy" if isinstance(found, int) else text.encode()
        self.send_response(found if isinstance(found, int) else 200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def selected(items: list[KubernetesObject], selector: str) -> list[KubernetesObject]:
    """The items with all labels of `selector`."""
    wanted = dict(part.split("=") for part in selector.split(","))
    return [each for each in items if wanted.items() <= each["metadata"]["labels"].items()]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def live(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    server = f"http://127.0.0.1:{cluster.server_address[1]}"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": {"server": server}}],
        "users": [{"name": "lab", "user": {}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
        "current-context": "lab",
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    live = Live(tmp_path / "kubeconfig")
    yield live
    live.api.rest_client.pool_manager.clear()


@pytest.fixture
def units(tmp_path: Path) -> list[Unit]:
    return [stack(tmp_path, replicas=2).unit(Context())]


def deployment(updated: int, available: int, total: int, generation: int = 2, observed: int = 2) -> KubernetesObject:
    return {
        "metadata": {
            "name": "iris",
            "namespace": "models",
            "generation": generation,
            "annotations": {"deployment.kubernetes.io/revision": "2"},
        },
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": "iris"}}},
        "status": {
            "observedGeneration": observed,
            "updatedReplicas": updated,
            "availableReplicas": available,
            "replicas": total,
        },
    }


def replica_set(revision: str, digest: str) -> KubernetesObject:
    metadata = {
        "name": f"iris-{digest}",
        "annotations": {"deployment.kubernetes.io/revision": revision},
        "labels": {"app.kubernetes.io/name": "iris", "pod-template-hash": digest},
    }
    return {"metadata": metadata}


BACK_OFF = {"reason": "CrashLoopBackOff", "message": "back-off"}
COMPLETED = {"reason": "Completed", "exitCode": 0}


def container(
    waiting: dict[str, str] | None = None, restarts: int = 0, ended: dict[str, Any] | None = None, ready: bool = False
) -> dict[str, Any]:
    return {
        "name": "server",
        "ready": ready,
        "restartCount": restarts,
        "state": {"waiting": waiting} if waiting is not None else {"running": {}},
        "lastState": {"terminated": ended} if ended else {},
    }


def pod(*containers: dict[str, Any], digest: str = "new", **condition: str) -> KubernetesObject:
    status = {"containerStatuses": list(containers), "conditions": [condition] if condition else []}
    labels = {"app.kubernetes.io/name": "iris", "pod-template-hash": digest}
    return {"metadata": {"name": f"iris-{digest}-1", "namespace": "models", "labels": labels}, "status": status}


IMAGE = {"reason": "ErrImageNeverPull", "message": "the image is not on this node"}


def test_it_waits_until_the_newest_revision_runs_and_the_old_one_is_gone(
    cluster: Cluster, live: Live, units: list[Unit]
) -> None:
    cluster.answers[DEPLOYMENT] = [
        deployment(2, 2, 2, generation=2, observed=1),
        deployment(1, 2, 3),
        deployment(2, 2, 3),
        deployment(2, 1, 2),
        deployment(2, 2, 2),
    ]
    log = io.StringIO()
    assert rollout.wait(live, units, log, print) == "iris 2/2"
    assert log.getvalue().splitlines() == ["iris 2/2", "iris 1/2", "iris 2/2", "iris 1/2", "iris 2/2"]


def test_a_deployment_without_a_status_yet_is_waited_for(cluster: Cluster, live: Live, units: list[Unit]) -> None:
    fresh = {key: value for key, value in deployment(0, 0, 0).items() if key != "status"}
    cluster.answers[DEPLOYMENT] = [fresh, deployment(2, 2, 2)]
    assert rollout.wait(live, units, io.StringIO(), print) == "iris 2/2"


def test_nothing_to_wait_for_is_done_at_once(live: Live) -> None:
    assert rollout.wait(live, [], io.StringIO(), print) == ""


def test_a_hopeless_pod_ends_the_wait_with_its_reason(cluster: Cluster, live: Live, units: list[Unit]) -> None:
    cluster.answers[DEPLOYMENT] = [deployment(1, 0, 1)]
    cluster.answers[REPLICA_SETS] = [{"items": [replica_set("2", "new")]}]
    cluster.answers[PODS] = [{"items": [pod(container(IMAGE))]}]
    message = "models/iris cannot start: pod iris-new-1: ErrImageNeverPull: the image is not on this node"
    with pytest.raises(SlipwayError, match=message):
        rollout.wait(live, units, io.StringIO(), print)


def test_the_last_error_of_the_servers_log_is_told(cluster: Cluster, live: Live, units: list[Unit]) -> None:
    cluster.answers[DEPLOYMENT] = [deployment(1, 0, 1)]
    cluster.answers[REPLICA_SETS] = [{"items": [replica_set("2", "new")]}]
    cluster.answers[PODS] = [{"items": [pod(container(BACK_OFF, restarts=2, ended=COMPLETED))]}]
    cluster.answers[f"{PODS}/iris-new-1/log"] = ["starting\nKeyError: 'weights'\nValueError: no weights\nbye\n"]
    with pytest.raises(SlipwayError, match=r"last Completed \(exit code 0\)\. Its log: ValueError: no weights$"):
        rollout.wait(live, units, io.StringIO(), print)


def test_a_revision_that_is_not_counted_yet_is_not_judged(cluster: Cluster, live: Live, units: list[Unit]) -> None:
    cluster.answers[DEPLOYMENT] = [deployment(1, 0, 1, generation=3, observed=2), deployment(2, 2, 2)]
    cluster.answers[REPLICA_SETS] = [{"items": [replica_set("1", "old")]}]
    cluster.answers[PODS] = [{"items": [pod(container(IMAGE), digest="old")]}]
    assert rollout.wait(live, units, io.StringIO(), print) == "iris 2/2"


def test_a_hopeless_pod_of_the_revision_before_is_what_this_one_mends(
    cluster: Cluster, live: Live, units: list[Unit]
) -> None:
    cluster.answers[DEPLOYMENT] = [deployment(1, 0, 2), deployment(2, 2, 2)]
    cluster.answers[REPLICA_SETS] = [{"items": [replica_set("1", "old"), replica_set("2", "new")]}]
    cluster.answers[PODS] = [{"items": [pod(container(IMAGE), digest="old"), pod(container(), digest="new")]}]
    assert rollout.wait(live, units, io.StringIO(), print) == "iris 2/2"


def test_a_workload_that_stands_still_until_its_own_deadline_is_given_up(
    cluster: Cluster, live: Live, units: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollout, "QUIET_SECONDS", 0)
    stuck = deployment(2, 0, 2)
    stuck["spec"]["progressDeadlineSeconds"] = 0
    cluster.answers[DEPLOYMENT] = [stuck]
    words = "models/iris is not ready after 0 s without progress: its pods give no reason"
    with pytest.raises(SlipwayError, match=words):
        rollout.wait(live, units, io.StringIO(), print)


def test_an_api_server_that_is_away_for_a_while_is_waited_for(cluster: Cluster, live: Live, units: list[Unit]) -> None:
    cluster.answers[DEPLOYMENT] = [503, deployment(1, 0, 1), *[503] * 20, deployment(2, 2, 2)]
    assert rollout.wait(live, units, io.StringIO(), print) == "iris 2/2"


def test_an_api_server_that_stays_away_is_told(
    cluster: Cluster, live: Live, units: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "lasts", lambda _: False)
    cluster.answers[DEPLOYMENT] = [503]
    with pytest.raises(Unreachable, match=f"GET {DEPLOYMENT}: 503 Service Unavailable"):
        rollout.wait(live, units, io.StringIO(), print)


def test_a_deployment_that_is_gone_is_named(live: Live, units: list[Unit]) -> None:
    with pytest.raises(SlipwayError, match="not found"):
        rollout.wait(live, units, io.StringIO(), print)


def test_states_are_told_for_every_deployment(cluster: Cluster, live: Live, tmp_path: Path) -> None:
    cluster.answers[DEPLOYMENT] = [deployment(2, 1, 2)]
    units = [stack(tmp_path).unit(Context())]
    assert list(rollout.states(live, units)) == [("models/iris", "1 of 2 ready")]
