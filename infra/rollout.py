"""Whether what was applied runs, and if it does not, the pod's own reason."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, NamedTuple

from components.errors import SlipwayError
from components.unit import KubernetesObject, Unit
from infra.live import Live

HOPELESS = frozenset(
    (
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
    )
)
"""Waiting reasons that time alone does not mend."""
RESTARTS = 2
"""A container that ended this often while starting will not start; one that comes first tries again by itself."""

SECONDS = 600
"""How long to wait for Deployments, unless one of them is allowed longer."""


class Rollout(NamedTuple):
    """One Deployment's progress."""

    name: str
    ready: int
    wanted: int
    seen: bool
    """Whether the counts are of the newest revision already."""
    done: bool

    def __str__(self) -> str:
        return f"{self.name} {self.ready}/{self.wanted}"


def wait(
    live: Live, units: Iterable[Unit], log: IO[str], *, growing: bool = False, seconds: float | None = None
) -> str:
    """Wait until every Deployment of `units` runs as its newest revision says.

    Raises SlipwayError with the pod's reason (image, scheduling, crash, probe) as soon as waiting is hopeless; on a
    `growing` cluster, which adds a machine for a pod that no node takes, scheduling is given all `seconds`.
    """
    deployments = list(_deployments(units))
    wanted = [manifest["metadata"] for manifest in deployments]
    allowed = (manifest["spec"].get("progressDeadlineSeconds", 0) for manifest in deployments)
    deadline = time.monotonic() + (max((SECONDS, *allowed)) if seconds is None else seconds)
    while True:
        rollouts = [_rollout(live, metadata["namespace"], metadata["name"]) for metadata in wanted]
        log.write(", ".join(map(str, rollouts)) + "\n")
        if all(rollout.done for rollout in rollouts):
            return ", ".join(map(str, rollouts))
        late = time.monotonic() > deadline
        for metadata, rollout in zip(wanted, rollouts, strict=True):
            if not rollout.done and (rollout.seen or late):
                _refuse_hopeless(live, metadata, late, growing)
        time.sleep(1)


def states(live: Live, units: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    """Each Deployment's name, and how many of its replicas are ready, or why not."""
    for manifest in _deployments(units):
        namespace, name = manifest["metadata"]["namespace"], manifest["metadata"]["name"]
        found = _rollout(live, namespace, name)
        yield f"{namespace}/{name}", f"{found.ready} of {found.wanted} ready"


def _deployments(units: Iterable[Unit]) -> Iterator[KubernetesObject]:
    return (manifest for unit in units for manifest in unit.objects if manifest["kind"] == "Deployment")


def _rollout(live: Live, namespace: str, name: str) -> Rollout:
    found = live.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
    status, wanted = found.get("status", {}), found["spec"]["replicas"]
    seen = status.get("observedGeneration", 0) >= found["metadata"]["generation"]
    new, ready, total = (status.get(count, 0) for count in ("updatedReplicas", "availableReplicas", "replicas"))
    return Rollout(name, min(new, ready), wanted, seen, seen and new == ready == total == wanted)


def _refuse_hopeless(live: Live, metadata: dict[str, Any], late: bool, growing: bool) -> None:
    namespace, name = metadata["namespace"], metadata["name"]
    for pod in _newest_pods(live, namespace, f"labelSelector=app.kubernetes.io/name={name}"):
        if reason := trouble(pod, late, growing):
            raise SlipwayError(f"{namespace}/{name} cannot start: {reason}{_last_error(live, pod)}")
    if late:
        raise SlipwayError(f"{namespace}/{name} is not ready in time; its pods give no reason")


def _newest_pods(live: Live, namespace: str, selector: str) -> list[KubernetesObject]:
    """The pods of the newest revision: what keeps an older one from starting may be just what this one mends."""
    sets = [
        each["metadata"] for each in live.get(f"/apis/apps/v1/namespaces/{namespace}/replicasets?{selector}")["items"]
    ]
    newest = max(sets, key=lambda each: int(each["annotations"]["deployment.kubernetes.io/revision"]), default=None)
    digest = f",pod-template-hash={newest['labels']['pod-template-hash']}" if newest else ""
    return list(live.get(f"/api/v1/namespaces/{namespace}/pods?{selector}{digest}")["items"])


def _last_error(live: Live, pod: KubernetesObject) -> str:
    """The last line of its log that speaks of an error, for a server that may well end with code 0 after one."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    with suppress(SlipwayError):
        lines = live.read(f"/api/v1/namespaces/{namespace}/pods/{name}/log?tailLines=200").splitlines()
        return next((f". Its log: {line.strip()}" for line in reversed(lines) if "Error" in line), "")
    return ""


def trouble(pod: KubernetesObject, late: bool = False, growing: bool = False) -> str | None:
    """Why a pod will not become ready, in its own words; with `late`, also what might still have passed."""
    status = pod.get("status", {})
    first, then = status.get("initContainerStatuses", ()), status.get("containerStatuses", ())
    found = (*(_of_container(each, late, 1) for each in first), *(_of_container(each, late, RESTARTS) for each in then))
    other = (_of_condition(each, late, growing) for each in status.get("conditions", ()))
    words = next(filter(None, (*found, *other)), None)
    return words and f"pod {pod['metadata']['name']}: {words}"


def _of_container(container: dict[str, Any], late: bool, restarts: int) -> str | None:
    waiting, ended = container["state"].get("waiting", {}), container["lastState"].get("terminated", {})
    reason = waiting.get("reason", "")
    if reason == "CrashLoopBackOff" and container["restartCount"] >= restarts:
        return f"its {container['name']} ended {container['restartCount']} times, last {_ending(ended)}"
    if reason in HOPELESS or (late and waiting.get("message")):
        return f"{reason}: {waiting.get('message')}"
    return None


def _of_condition(condition: dict[str, Any], late: bool, growing: bool) -> str | None:
    unschedulable = condition.get("reason") == "Unschedulable" and not growing
    if condition["status"] == "False" and (unschedulable or late) and condition.get("message"):
        return f"{condition.get('reason')}: {condition['message']}"
    return None


def _ending(ended: dict[str, Any]) -> str:
    words = f"{ended.get('reason', 'unknown')} (exit code {ended.get('exitCode', '?')})"
    return f"{words}: {ended['message']}" if ended.get("message") else words
