"""Why a pod does not start, in its own words: what time does not mend, and what it may."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from components.mistakes import discreet
from components.unit import KubernetesObject

HOPELESS = frozenset(
    (
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    )
)
"""Waiting reasons that time alone does not mend."""
RESTARTS = 2
"""A container that ended this often while starting will not start; one that comes first tries again by itself."""


class Trouble(NamedTuple):
    """What keeps a pod from becoming ready."""

    pod: str
    words: str
    ended: str = ""
    """The container whose log has more of it."""

    def __str__(self) -> str:
        return f"pod {self.pod}: {self.words}"


class Warned(NamedTuple):
    """An event that somebody should read; what it speaks of may pass."""

    name: str
    reason: str
    message: str

    @property
    def lasting(self) -> bool:
        """Whether it speaks of what somebody has to change: a quota, an account, a Secret that is not there."""
        return self.reason == "FailedCreate" or (self.reason == "FailedMount" and "not found" in self.message)

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}: {self.message}"


def certain(pod: KubernetesObject, growing: bool = False) -> Trouble | None:
    """What time does not mend; on a `growing` cluster a machine may still be added for a pod that no node takes."""
    status = pod.get("status", {})
    name, first = pod["metadata"]["name"], status.get("initContainerStatuses", ())
    then = status.get("containerStatuses", ())
    ended = (*(_of_container(name, each, 1) for each in first), *(_of_container(name, each, RESTARTS) for each in then))
    refused = (each for each in status.get("conditions", ()) if not growing and each.get("reason") == "Unschedulable")
    return next(filter(None, (*ended, *(_of_condition(name, each) for each in refused))), None)


def warning(name: str, events: Iterable[KubernetesObject]) -> Warned | None:
    """What the newest event of `name` says, where it is a warning: an older one may be over."""
    newest = max(events, key=_when, default=None)
    if newest and newest["type"] == "Warning":
        return Warned(name, newest["reason"], newest["message"].strip())
    return None


def last_words(log: str) -> str:
    """The last line of a log that speaks of an error, else its last: a server may well end with code 0 after one."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return discreet(next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else ""))


def _of_container(pod: str, container: dict[str, Any], restarts: int) -> Trouble | None:
    waiting, name = container["state"].get("waiting", {}), container["name"]
    now, reason = container["state"].get("terminated", {}), waiting.get("reason", "")
    if (reason == "CrashLoopBackOff" or now.get("exitCode")) and container["restartCount"] >= restarts:
        ended = _ending(now or container["lastState"].get("terminated", {}))
        return Trouble(pod, f"container {name} ended {container['restartCount']} times, last {ended}", name)
    return Trouble(pod, f"{reason}: {waiting.get('message')}") if reason in HOPELESS else None


def _of_condition(pod: str, condition: dict[str, Any]) -> Trouble | None:
    if condition["status"] == "False" and condition.get("message"):
        return Trouble(pod, f"{condition.get('reason')}: {condition['message']}")
    return None


def _ending(ended: dict[str, Any]) -> str:
    words = f"{ended.get('reason', 'unknown')} (exit code {ended.get('exitCode', '?')})"
    return f"{words}: {ended['message']}" if ended.get("message") else words


def _when(event: KubernetesObject) -> str:
    times: Iterator[str | None] = (event.get(key) for key in ("lastTimestamp", "eventTime", "firstTimestamp"))
    return next(filter(None, times), "")
