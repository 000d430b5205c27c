"""Whether what was applied runs, and if it does not, the pod's own reason within a minute."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from typing import IO, Any, NamedTuple

from components.errors import SlipwayError
from components.unit import KubernetesObject, Unit
from infra import trouble
from infra.inventory import identity
from infra.live import Live, Unreachable
from infra.patience import Patience
from infra.trouble import Trouble

PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}
"""The kinds that roll out."""
QUIET_SECONDS = 30
"""Without progress for so long, whatever warns is told."""
GIVEN_SECONDS = 600
"""The longest time without progress, where a workload does not say its own."""
GENERATION = "deprecated.daemonset.template.generation"


class Rollout(NamedTuple):
    """One workload's progress."""

    manifest: KubernetesObject
    ready: int
    wanted: int
    made: int
    """Pods of the newest revision."""
    seen: bool
    """Whether the counts are of the newest revision already."""
    done: bool

    def __str__(self) -> str:
        return f"{self.manifest['metadata']['name']} {self.ready}/{self.wanted}"

    @property
    def place(self) -> str:
        """Namespace and name."""
        return identity(self.manifest).place


class Watch:
    """Looks at the workloads of `units` again and again, and `tell`s once what keeps one from starting but may pass."""

    def __init__(self, live: Live, units: Iterable[Unit], tell: Callable[[str], None], *, growing: bool) -> None:
        self._live, self._tell, self._growing = live, tell, growing
        self._wanted = list(workloads(units))
        self._last: dict[str, tuple[tuple[Any, ...], float]] = {}
        self._told = set[str]()

    def look(self, places: Collection[str] | None = None) -> list[Rollout]:
        """The progress of each, or of those at `places`. Raises SlipwayError where one cannot start any more."""
        wanted = [each for each in self._wanted if places is None or identity(each).place in places]
        found = [_rollout(self._live, manifest) for manifest in wanted]
        for rollout in found:
            if not rollout.done:
                self._judge(rollout, self._quiet(rollout))
        return found

    def _quiet(self, rollout: Rollout) -> float:
        """Seconds since its counts have changed."""
        counts, now = rollout[1:], time.monotonic()
        known, since = self._last.get(rollout.place, (None, now))
        self._last[rollout.place] = (counts, since if counts == known else now)
        return now - self._last[rollout.place][1]

    def _judge(self, rollout: Rollout, quiet: float) -> None:
        pods = _newest_pods(self._live, rollout) if rollout.seen else []
        for pod in pods:
            if found := trouble.certain(pod, self._growing):
                raise SlipwayError(f"{rollout.place} cannot start: {found}{self._log(rollout, found)}")
        if quiet >= QUIET_SECONDS:
            self._warn(rollout, pods, quiet)

    def _warn(self, rollout: Rollout, pods: list[KubernetesObject], quiet: float) -> None:
        names = (*self._makers(rollout), *(pod["metadata"]["name"] for pod in pods[:5]))
        warnings = list(filter(None, (trouble.warning(name, self._events(rollout, name)) for name in names)))
        for warning in warnings:
            if warning.lasting:
                raise SlipwayError(f"{rollout.place} cannot start: {warning}")
            if warning.name not in self._told:
                self._told.add(warning.name)
                self._tell(f"{rollout.place} is not ready yet: {warning}")
        limit = rollout.manifest["spec"].get("progressDeadlineSeconds", GIVEN_SECONDS)
        if quiet >= limit:
            reason = next(iter(warnings), "its pods give no reason")
            raise SlipwayError(f"{rollout.place} is not ready after {limit} s without progress: {reason}")

    def _makers(self, rollout: Rollout) -> list[str]:
        """Who should make its pods, as long as some are lacking."""
        if rollout.made >= rollout.wanted:
            return []
        newest = _newest_set(self._live, rollout) if rollout.manifest["kind"] == "Deployment" else rollout.manifest
        return [newest["metadata"]["name"]] if newest else []

    def _events(self, rollout: Rollout, name: str) -> list[KubernetesObject]:
        namespace = rollout.manifest["metadata"]["namespace"]
        found = self._live.get(f"/api/v1/namespaces/{namespace}/events?fieldSelector=involvedObject.name={name}")
        return list(found["items"])

    def _log(self, rollout: Rollout, found: Trouble) -> str:
        if found.ended:
            path = f"/api/v1/namespaces/{rollout.manifest['metadata']['namespace']}/pods/{found.pod}/log"
            with suppress(SlipwayError):
                if words := trouble.last_words(self._live.read(f"{path}?tailLines=200&container={found.ended}")):
                    return f". Its log: {words}"
        return ""


def wait(live: Live, units: Iterable[Unit], log: IO[str], tell: Callable[[str], None], *, growing: bool = False) -> str:
    """Wait until every workload of `units` runs as its newest revision says; an API server may be away meanwhile.

    Raises SlipwayError with the pod's reason (image, scheduling, crash, quota, what is missing) as soon as waiting is
    hopeless; on a `growing` cluster, which adds a machine for a pod that no node takes, scheduling is given its time.
    """
    watch, patience = Watch(live, units, tell, growing=growing), Patience()
    while True:
        try:
            rollouts = watch.look()
        except Unreachable:
            if not patience.lasts():
                raise
            continue
        patience.renew()
        log.write(", ".join(map(str, rollouts)) + "\n")
        if all(rollout.done for rollout in rollouts):
            return ", ".join(map(str, rollouts))
        time.sleep(0.5)


def states(live: Live, units: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    """Each workload's name, and how many of its replicas are ready."""
    for found in (_rollout(live, manifest) for manifest in workloads(units)):
        yield found.place, f"{found.ready} of {found.wanted} ready"


def workloads(units: Iterable[Unit]) -> Iterator[KubernetesObject]:
    """What rolls out."""
    return (manifest for unit in units for manifest in unit.objects if manifest["kind"] in PLURALS)


def _rollout(live: Live, manifest: KubernetesObject) -> Rollout:
    namespace, plural = manifest["metadata"]["namespace"], PLURALS[manifest["kind"]]
    found = live.get(f"/apis/apps/v1/namespaces/{namespace}/{plural}/{manifest['metadata']['name']}")
    status = {"observedGeneration": 0, **found.get("status", {})}
    seen = status["observedGeneration"] >= found["metadata"]["generation"]
    if manifest["kind"] == "DaemonSet":
        wanted, total = (status.get(count, 0) for count in ("desiredNumberScheduled", "currentNumberScheduled"))
        new, ready = (status.get(count, 0) for count in ("updatedNumberScheduled", "numberAvailable"))
    else:
        wanted, total = found["spec"]["replicas"], status.get("replicas", 0)
        new, ready = (status.get(count, 0) for count in ("updatedReplicas", "availableReplicas"))
    done = seen and new == ready == total == wanted
    return Rollout({**manifest, **found}, min(new, ready), wanted, new, seen, done)


def _newest_pods(live: Live, rollout: Rollout) -> list[KubernetesObject]:
    """The pods of the newest revision: what keeps an older one from starting may be just what this one mends."""
    found, labels = rollout.manifest, dict(rollout.manifest["spec"]["selector"]["matchLabels"])
    if found["kind"] == "StatefulSet":
        labels["controller-revision-hash"] = found["status"]["updateRevision"]
    elif found["kind"] == "DaemonSet":
        labels["pod-template-generation"] = found["metadata"]["annotations"][GENERATION]
    elif newest := _newest_set(live, rollout):
        labels["pod-template-hash"] = newest["metadata"]["labels"]["pod-template-hash"]
    return _selected(live, f"/api/v1/namespaces/{found['metadata']['namespace']}/pods", labels)


def _newest_set(live: Live, rollout: Rollout) -> KubernetesObject | None:
    """The ReplicaSet of a Deployment's newest revision."""
    path = f"/apis/apps/v1/namespaces/{rollout.manifest['metadata']['namespace']}/replicasets"
    sets = _selected(live, path, rollout.manifest["spec"]["selector"]["matchLabels"])
    revision = "deployment.kubernetes.io/revision"
    return max(sets, key=lambda each: int(each["metadata"]["annotations"][revision]), default=None)


def _selected(live: Live, path: str, labels: dict[str, str]) -> list[KubernetesObject]:
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    return list(live.get(f"{path}?labelSelector={selector}")["items"])
