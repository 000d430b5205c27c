"""An environment goes as a whole: custom resources before the operator that lets them go, and nothing hangs unsaid."""

import io
import json
import shlex
import threading
from collections.abc import Iterator

import pytest

import sandbox
from components.addon import Addon
from components.clusters.existing import Existing
from components.context import Context
from components.environment import Environment
from components.errors import SlipwayError
from components.unit import KubernetesObject, Namespace, Unit
from infra.inventory import identity
from infra.kubectl import Kubectl
from infra.removal import remove
from infra.rendered import Rendered
from infra.settings import ClusterKind, Target

from .cluster import Cluster

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("custom_resources")]

SPACE = "e2e-operated"
FINALIZER = "operator.example.com/cleanup"
POOLS = "ipaddresspools.metallb.io"


def pool(name: str) -> KubernetesObject:
    """A custom resource that waits for its operator when it is deleted."""
    metadata = {"name": name, "namespace": SPACE, "finalizers": [FINALIZER]}
    spec = {"addresses": ["192.0.2.0/24"]}
    return {"apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": metadata, "spec": spec}


class Operated(Addon):
    """An operator, whose pods the tests stand in for, and what it looks after."""

    def unit(self, context: Context) -> Unit:
        labels = {"app.kubernetes.io/name": "operator"}
        pod = {"containers": [{"name": "operator", "image": "registry.k8s.io/pause:3.10"}]}
        template = {"metadata": {"labels": labels}, "spec": pod}
        operator = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "operator", "namespace": SPACE},
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
        }
        return Unit(name="operated", namespace=Namespace(name=SPACE), objects=(operator, pool("own")))


class Operator(threading.Thread):
    """Lets custom resources go for as long as its Deployment is there, and not a moment longer."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster, self.freed = cluster, 0

    def run(self) -> None:
        while self._cluster.tried("get", "deployment", "operator", "-n", SPACE).returncode == 0:
            for found in json.loads(self._cluster.kubectl("get", POOLS, "-n", SPACE, "-o", "json"))["items"]:
                if "deletionTimestamp" in found["metadata"]:
                    self._cluster.kubectl("patch", POOLS, found["metadata"]["name"], "-n", SPACE, *FREE)
                    self.freed += 1


FREE = ("--type=merge", "-p", '{"metadata": {"finalizers": null}}')


@pytest.fixture
def kubectl() -> Kubectl:
    return Kubectl(sandbox.kubectl(), sandbox.kubeconfig())


@pytest.fixture
def rendered(cluster: Cluster, kubectl: Kubectl) -> Iterator[Rendered]:
    """An environment with an operator, on the cluster; all of it is gone in the end."""
    spec = Existing.Spec.model_validate({"kubeconfig": str(sandbox.kubeconfig())})
    made = Rendered(Target("e2e-operated", ClusterKind(Existing, spec), Environment(addons=(Operated(),))), kubectl)
    yield made
    for name in cluster.tried("get", POOLS, "-n", SPACE, "-o", "name").stdout.split():
        cluster.kubectl("patch", name, "-n", SPACE, *FREE)
    made.remove().run(io.StringIO())
    cluster.kubectl("delete", "namespace", SPACE, "--ignore-not-found")


def test_a_custom_resource_goes_before_the_operator_that_lets_it_go(cluster: Cluster, rendered: Rendered) -> None:
    rendered.apply().run(io.StringIO())
    operator = Operator(cluster)
    operator.start()
    rendered.remove().run(io.StringIO())
    operator.join()
    assert operator.freed == 1
    assert cluster.tried("get", "namespace", SPACE).returncode


@pytest.mark.soak
def test_what_holds_a_removal_up_is_said_in_seconds_with_the_command_that_frees_it(
    cluster: Cluster, rendered: Rendered, kubectl: Kubectl
) -> None:
    rendered.apply().run(io.StringIO())
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(pool("stranger")))
    everything = [identity(Namespace(name=SPACE).manifest()), identity(pool("own"))]
    for name in ("own", "stranger"):
        with pytest.raises(SlipwayError, match=f"^IPAddressPool {SPACE}/{name} does not go: .*{FINALIZER}") as caught:
            remove(kubectl, everything, io.StringIO(), seconds=10)
        _, _, command = str(caught.value).partition(": kubectl ")
        cluster.kubectl(*shlex.split(command))
    remove(kubectl, everything, io.StringIO(), seconds=60)
    assert cluster.tried("get", "namespace", SPACE).returncode


def test_a_namespace_of_somebody_else_is_used_as_it_is_and_stays(cluster: Cluster, rendered: Rendered) -> None:
    cluster.kubectl("create", "namespace", SPACE)
    before = cluster.get("namespace", SPACE)["metadata"]["labels"]
    assert [step.title for step in rendered.of_others()] == [f"Namespace {SPACE} is not ours"]
    rendered.apply().run(io.StringIO())
    assert cluster.get("deployment", "operator", SPACE)
    cluster.kubectl("patch", POOLS, "own", "-n", SPACE, *FREE)
    rendered.remove().run(io.StringIO())
    assert cluster.get("namespace", SPACE)["metadata"]["labels"] == before
    assert cluster.tried("get", "deployment", "operator", "-n", SPACE).returncode
