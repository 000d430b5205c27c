"""Model stacks on the sandbox for one measurement, put there as `slipway up` does it without an engine."""

import io
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import sandbox
from bench.measure import BenchError, process
from components.clusters.existing import Existing
from components.context import Context, Conventions
from components.environment import Environment
from components.images import images
from components.model_stack import ModelStack
from components.unit import KubernetesObject, Namespace
from infra import rollout
from infra.kubectl import Kubectl
from infra.live import Live
from infra.predict import endpoints
from infra.rendered import Rendered
from infra.settings import ClusterKind, Target
from sandbox import registry
from sandbox.step import direct_environ

NAMESPACE = Namespace(name="bench")
CONTEXT = Context(conventions=Conventions(models=NAMESPACE))
PATIENCE = 60


class Served(NamedTuple):
    """What serves the stacks, and the cluster that it runs on."""

    target: Target
    live: Live

    def ask(self, times: int) -> None:
        """Send every model its sample request so often."""
        for endpoint in [*endpoints(self.target).values()] * times:
            self.live.post(endpoint.url, endpoint.sample)

    def get(self, path: str) -> KubernetesObject:
        """What the core API has in the namespace at `path`: "services/iris"."""
        found: KubernetesObject = self.live.get(f"/api/v1/namespaces/{NAMESPACE.name}/{path}")
        return found

    def pods(self, stack: ModelStack) -> list[KubernetesObject]:
        """Those that are not on their way out."""
        labels = ",".join(f"{key}={value}" for key, value in stack.selector.items())
        found = self.get(f"pods?labelSelector={labels}")["items"]
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def memory(self) -> dict[str, int]:
        """What each pod alone holds in bytes, by its name: anonymous memory, read by the kubelet since this call."""
        now, deadline = datetime.now(UTC), time.monotonic() + PATIENCE
        wanted = {each["metadata"]["name"] for each in self.get("pods")["items"]}
        while time.monotonic() < deadline:
            read = {pod["podRef"]["name"]: pod["memory"] for pod in self._read()}
            fresh = {name for name, memory in read.items() if datetime.fromisoformat(memory["time"]) > now}
            if wanted <= fresh:
                return {name: int(read[name]["rssBytes"]) for name in wanted}
            time.sleep(1)
        raise BenchError(f"the kubelet has not read the memory of all pods for {PATIENCE} s. Look at its log")

    def _read(self) -> Iterator[KubernetesObject]:
        """What the kubelets say of the namespace's pods."""
        for node in self.live.get("/api/v1/nodes")["items"]:
            pods = self.live.get(f"/api/v1/nodes/{node['metadata']['name']}/proxy/stats/summary")["pods"]
            yield from (pod for pod in pods if pod["podRef"]["namespace"] == NAMESPACE.name and "memory" in pod)


def kubectl(*arguments: str) -> str:
    """What the sandbox's kubectl prints, asked about the namespace of these measurements."""
    place = ("--kubeconfig", sandbox.kubeconfig(), "--namespace", NAMESPACE.name)
    return process(sandbox.kubectl(), *place, *arguments).printed


def missing() -> str:
    """Why nothing can be served on this machine; empty where it can."""
    if os.geteuid():
        return "only root enters the sandbox's network. Run it as root"
    running = all(state.startswith("runs") for _, state in sandbox.status())
    return "" if running else "the sandbox does not run. `make up ENV=sandbox` brings it up"


@contextmanager
def served(*stacks: ModelStack, beside: Iterable[KubernetesObject] = ()) -> Iterator[Served]:
    """`stacks`, once all are ready, in a namespace of their own that goes with the block, and has `beside` in it.

    Raises SlipwayError with the reason of what does not start.
    """
    os.environ |= direct_environ()
    kubeconfig, log = sandbox.kubeconfig(), io.StringIO()
    cluster = ClusterKind(Existing, Existing.Spec(kubeconfig=str(kubeconfig)))
    target = Target("bench", cluster, Environment(stacks=stacks), CONTEXT.conventions)
    for image in images(target.units()):
        registry.load(image).run(log)
    live, changes = Live(kubeconfig), Kubectl(sandbox.kubectl(), kubeconfig)
    rendered = Rendered(target, changes)
    try:
        changes.apply([NAMESPACE.manifest(), *beside], log)
        rendered.apply().run(log)
        rollout.wait(live, target.units(), log, tell=lambda line: None)
        rendered.prune().run(log)  # what a run that was killed has left
        yield Served(target, live)
    finally:
        rendered.remove().run(log)
        changes.delete([NAMESPACE.manifest()], log)
