"""Pods that cannot start, as a real cluster told of them, and what is made of it."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from components.context import Context
from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra import rollout, trouble
from infra.live import Live
from tests.samples import stack

STARTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "starts.yaml").read_text())
AT_ONCE = {
    "image that no registry has": "ErrImagePull: failed to pull and unpack image",
    "image that is not on the node": "ErrImageNeverPull: Container image",
    "image whose name is none": "reference format: repository name must be lowercase",
    "more memory than any node has": "Unschedulable: 0/1 nodes are available: 1 Insufficient memory",
    "server that ends": "container server ended 3 times, last Error (exit code 1). Its log: KeyError: 'weights'",
    "init container that ends": "container fetch ended 3 times, last Error (exit code 1)",
    "environment of a Secret that is not there": 'CreateContainerConfigError: secret "missing" not found',
    "claim that is not there": 'Unschedulable: 0/1 nodes are available: persistentvolumeclaim "missing" not found',
    "user that is not allowed": "CreateContainerConfigError: container's runAsUser breaks non-root policy",
    "program that is not in the image": 'exec: "/no/such/program": stat /no/such/program: no such file or directory',
}
WITHIN_A_MINUTE = {
    "volume of a Secret that is not there": 'FailedMount: MountVolume.SetUp failed for volume "v" : secret "missing"',
    "volume of a ConfigMap that is not there": 'FailedMount: MountVolume.SetUp failed for volume "v" : configmap "m',
    "service account that is not there": 'FailedCreate: Error creating: pods "account-65f8dbdf4b-" is forbidden: error',
    "quota that is used up": "is forbidden: exceeded quota: few, requested: pods=1, used: pods=15, limited: pods=15",
    "quota that is used up, for a StatefulSet": 'failed error: pods "quotaset-0" is forbidden: exceeded quota: few',
}
TOLD = {
    "startup probe that fails": 'Unhealthy: Startup probe failed: Get "http://192.0.2.7:8080/": dial tcp',
    "readiness probe that fails": 'Unhealthy: Readiness probe failed: Get "http://192.0.2.7:8080/": dial tcp',
}


class Recorded(Live):
    """A cluster on which one workload starts as it was recorded."""

    def __init__(self, start: str) -> None:
        super().__init__(Path("kubeconfig"))
        self._start = STARTS[start]
        self.events = {each["name"]: each["events"] for each in self._start["pods"]}
        self.events[self._start["maker"]] = self._start["events"]

    def get(self, path: str) -> Any:
        address = urlsplit(path)
        what = address.path.rpartition("/")[2]
        if what == "events":
            return {"items": self.events[parse_qs(address.query)["fieldSelector"][0].rpartition("=")[2]]}
        if what == "pods":
            return {"items": [{"metadata": {"name": each["name"]}, **each} for each in self._start["pods"]]}
        return {"items": [self._maker()]} if what == "replicasets" else self._workload()

    def read(self, path: str) -> str:
        return "loading\nKeyError: 'weights'\n\n"

    def _maker(self) -> KubernetesObject:
        annotations = {"deployment.kubernetes.io/revision": "1"}
        return {
            "metadata": {"name": self._start["maker"], "labels": {"pod-template-hash": "a"}, "annotations": annotations}
        }

    def _workload(self) -> KubernetesObject:
        made = self._start["made"]
        status = {"observedGeneration": 1, "updatedReplicas": made, "replicas": made, "updateRevision": "a"}
        spec = {"replicas": self._start["wanted"], "selector": {"matchLabels": {"app": "iris"}}}
        metadata = {"name": self._start["maker"], "namespace": "models", "generation": 1}
        return {"metadata": metadata, "spec": spec, "status": status}


def look(live: Live, folder: Path, kind: str = "Deployment", *, growing: bool = False) -> list[str]:
    """What is told by looking once at a workload of that kind. Raises SlipwayError as Watch does."""
    unit, told = stack(folder).unit(Context()), list[str]()
    changed = tuple({**each, "kind": kind} if each["kind"] == "Deployment" else each for each in unit.objects)
    rollout.Watch(live, [unit.model_copy(update={"objects": changed})], told.append, growing=growing).look()
    return told


def test_every_recorded_start_is_here() -> None:
    assert STARTS.keys() == AT_ONCE.keys() | WITHIN_A_MINUTE.keys() | TOLD.keys()


@pytest.mark.parametrize("start", AT_ONCE)
def test_what_is_certain_is_told_at_once(start: str, tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="cannot start: pod ") as caught:
        look(Recorded(start), tmp_path)
    assert AT_ONCE[start] in str(caught.value)


@pytest.mark.parametrize("start", WITHIN_A_MINUTE)
def test_what_somebody_has_to_change_ends_the_wait_after_a_while(
    start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "StatefulSet" if "StatefulSet" in start else "Deployment"
    assert look(Recorded(start), tmp_path, kind) == []
    monkeypatch.setattr(rollout, "QUIET_SECONDS", 0)
    with pytest.raises(SlipwayError, match="cannot start: ") as caught:
        look(Recorded(start), tmp_path, kind)
    assert WITHIN_A_MINUTE[start] in str(caught.value)


@pytest.mark.parametrize("start", TOLD)
def test_what_may_pass_is_told_while_it_waits(start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(Recorded(start), tmp_path) == []
    monkeypatch.setattr(rollout, "QUIET_SECONDS", 0)
    (words,) = look(Recorded(start), tmp_path)
    assert "is not ready yet" in words
    assert TOLD[start] in words


def test_a_pod_that_no_node_takes_waits_for_a_node_where_nodes_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollout, "QUIET_SECONDS", 0)
    (words,) = look(Recorded("more memory than any node has"), tmp_path, growing=True)
    assert "FailedScheduling: 0/1 nodes are available: 1 Insufficient memory" in words


def test_a_warning_that_is_over_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "QUIET_SECONDS", 0)
    live = Recorded("volume of a Secret that is not there")
    (name,) = (name for name, events in live.events.items() if events)
    pulling = {
        "type": "Normal",
        "reason": "Pulling",
        "message": "Pulling image",
        "lastTimestamp": "2027-01-01T00:00:00Z",
    }
    live.events[name] = [pulling, *live.events[name]]
    assert look(live, tmp_path) == []


@pytest.mark.parametrize("state", [{"waiting": {"reason": "ContainerCreating"}}, {"waiting": {}}, {"running": {}}])
def test_a_pod_that_is_being_made_is_no_trouble(state: dict[str, Any]) -> None:
    made = {"name": "server", "restartCount": 7, "state": state, "lastState": {"terminated": {"reason": "Unknown"}}}
    pod = {"metadata": {"name": "iris-1"}, "status": {"containerStatuses": [made]}}
    assert trouble.certain(pod) is None


@pytest.mark.parametrize("status", [{}, {"status": {"phase": "Pending"}}])
def test_a_pod_without_a_status_yet_is_no_trouble(status: dict[str, Any]) -> None:
    assert trouble.certain({"metadata": {"name": "iris-1"}, **status}) is None


@pytest.mark.parametrize(("restarts", "exit_code"), [(0, 1), (2, 0)])
def test_a_container_that_ended_once_or_well_gets_another_chance(restarts: int, exit_code: int) -> None:
    ended = {"terminated": {"reason": "Error", "exitCode": exit_code}}
    init = {"name": "fetch", "restartCount": restarts, "state": ended, "lastState": {}}
    pod = {"metadata": {"name": "iris-1"}, "status": {"initContainerStatuses": [init]}}
    assert trouble.certain(pod) is None


def test_its_own_last_message_is_told() -> None:
    back_off = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    ended = {"terminated": {"reason": "OOMKilled", "exitCode": 137, "message": "no room"}}
    found = {"name": "server", "restartCount": 2, "state": back_off, "lastState": ended}
    words = trouble.certain({"metadata": {"name": "iris-1"}, "status": {"containerStatuses": [found]}})
    assert str(words) == "pod iris-1: container server ended 2 times, last OOMKilled (exit code 137): no room"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("starting\nValueError: no weights\nbye\n", "ValueError: no weights"),
        ("starting\nno weights\n\n", "no weights"),
        (
            "Error: postgres://mlflow:hunter2@db:5432/a?key=hunter2 is away",
            "Error: postgres://[secret]@db:5432/a?[secret] is away",
        ),
        ("", ""),
    ],
)
def test_the_last_words_of_a_log(log: str, words: str) -> None:
    assert trouble.last_words(log) == words


def test_what_comes_first_and_fails_again_is_told_in_its_own_words() -> None:
    ended = {"reason": "Error", "exitCode": 1, "message": "model 'iris': answered 404. Mend its uri"}
    fetch = {"name": "fetch", "restartCount": 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    status = {"initContainerStatuses": [{**fetch, "lastState": {"terminated": ended}}]}
    found = trouble.certain({"metadata": {"name": "iris-1"}, "status": status})
    words = "container fetch ended 1 times, last Error (exit code 1): model 'iris': answered 404. Mend its uri"
    assert str(found) == f"pod iris-1: {words}"
