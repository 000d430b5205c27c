"""Whether what was applied runs, and if it does not, the pod's own reason."""

import time
from collections.abc import Iterable
from typing import IO, Any, NamedTuple

from kubernetes import client

from components.errors import SlipwayError
from components.unit import KubernetesObject
from infra.live import Live

HOPELESS = {"ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError"}
"""Waiting reasons that time alone does not mend."""
RESTARTS = 2
"""A container that ended this often while starting will not start."""


class Rollout(NamedTuple):
    """One Deployment's progress."""

    name: str
    ready: int
    wanted: int
    done: bool

    def __str__(self) -> str:
        return f"{self.name} {self.ready}/{self.wanted}"


def wait(live: Live, objects: Iterable[KubernetesObject], log: IO[str], seconds: float = 600) -> str:
    """Wait until every Deployment of `objects` runs as its newest revision says.

    Raises SlipwayError with the pod's reason (image, scheduling, crash, probe) as soon as waiting is hopeless.
    """
    wanted = [manifest["metadata"] for manifest in objects if manifest["kind"] == "Deployment"]
    deadline = time.monotonic() + seconds
    while True:
        rollouts = [_rollout(live, metadata["namespace"], metadata["name"]) for metadata in wanted]
        log.write(", ".join(map(str, rollouts)) + "\n")
        if all(rollout.done for rollout in rollouts):
            return ", ".join(map(str, rollouts))
        late = time.monotonic() > deadline
        for metadata, rollout in zip(wanted, rollouts, strict=True):
            if not rollout.done:
                _refuse_hopeless(live, metadata["namespace"], metadata["name"], late)
        time.sleep(1)


def _rollout(live: Live, namespace: str, name: str) -> Rollout:
    with live.answering():
        found = client.AppsV1Api(live.api).read_namespaced_deployment(name, namespace)
    status, wanted = found.status, found.spec.replicas
    seen = (status.observed_generation or 0) >= found.metadata.generation
    new, ready, total = (count or 0 for count in (status.updated_replicas, status.available_replicas, status.replicas))
    return Rollout(name, min(new, ready), wanted, seen and new == ready == total == wanted)


def _refuse_hopeless(live: Live, namespace: str, name: str, late: bool) -> None:
    with live.answering():
        pods = live.core.list_namespaced_pod(namespace, label_selector=f"app.kubernetes.io/name={name}").items
    reasons = [reason for pod in pods if (reason := trouble(pod.to_dict(), late))]
    if reasons:
        raise SlipwayError(f"{namespace}/{name} cannot start: {reasons[0]}")
    if late:
        raise SlipwayError(f"{namespace}/{name} is not ready in time; its pods give no reason")


def trouble(pod: dict[str, Any], late: bool = False) -> str | None:
    """Why a pod will not become ready, in its own words; with `late`, also what might still have passed."""
    name, status = pod["metadata"]["name"], pod["status"]
    for container in status.get("container_statuses") or ():
        waiting = (container["state"] or {}).get("waiting") or {}
        ended = (container["last_state"] or {}).get("terminated") or {}
        if waiting.get("reason") in HOPELESS:
            return f"pod {name}: {waiting['reason']}: {waiting.get('message')}"
        if container["restart_count"] >= RESTARTS and not container["ready"]:
            return f"pod {name}: its server ended {container['restart_count']} times, last {_ending(ended)}"
        if waiting.get("reason", "").endswith(("ImagePull", "PullBackOff")) or (late and waiting.get("message")):
            return f"pod {name}: {waiting['reason']}: {waiting.get('message')}"
    for condition in status.get("conditions") or ():
        unschedulable = condition["type"] == "PodScheduled" and condition["reason"] == "Unschedulable"
        if condition["status"] == "False" and (unschedulable or late) and condition["message"]:
            return f"pod {name}: {condition['reason']}: {condition['message']}"
    return None


def _ending(ended: dict[str, Any]) -> str:
    words = f"{ended.get('reason', 'unknown')} (exit code {ended.get('exit_code', '?')})"
    return f"{words}: {ended['message']}" if ended.get("message") else f"{words}. `kubectl logs --previous` has its words"
