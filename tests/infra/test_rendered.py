"""The kubectl way, against a kubectl that keeps in memory what it is given."""

import base64
import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pytest

from components.addon import Addon
from components.clusters.existing import Existing
from components.context import Context, Conventions
from components.environment import Environment
from components.errors import SlipwayError
from components.unit import Chart, GeneratedSecret, KubernetesObject, Namespace, Unit
from infra.inventory import Identity, identity, note, noted
from infra.kubectl import Kubectl
from infra.rendered import Rendered, refuse_charts
from infra.settings import ClusterKind, Target
from tests.samples import OBJECT, stack

SECRET = Identity("v1", "Secret", "tools", "notes-password")


class Notes(Addon):
    """An add-on with a password."""

    digits: dict[str, int] = {"password": 33}

    def unit(self, context: Context) -> Unit:
        secrets = (GeneratedSecret(name="notes-password", keys=self.digits),) if self.digits else ()
        return Unit(name="notes", namespace=Namespace(name="tools"), secrets=secrets, objects=(OBJECT,))


class Memory(Kubectl):
    """A cluster that is a dictionary; Secrets are kept as an API server keeps them."""

    cluster: dict[Identity, KubernetesObject]
    applied: list[str]

    def apply(self, objects: Iterable[KubernetesObject], log: IO[str], *extra: str) -> None:
        for manifest in objects:
            self.refuse_outdated(manifest)
            data = {
                key: base64.b64encode(text.encode()).decode() for key, text in manifest.get("stringData", {}).items()
            }
            versioned = {**manifest, "metadata": {**manifest["metadata"], "resourceVersion": str(len(self.applied))}}
            self.cluster[identity(manifest)] = {**versioned, "data": data} if data else versioned
            self.applied.append(manifest["kind"])
            log.write(f"{manifest['kind']} applied\n")

    def refuse_outdated(self, manifest: KubernetesObject) -> None:
        version = manifest["metadata"].get("resourceVersion")
        if version and version != self.cluster[identity(manifest)]["metadata"]["resourceVersion"]:
            raise SlipwayError("Operation cannot be fulfilled: the object has been modified; please apply your changes")

    def get(self, manifest: KubernetesObject) -> dict[str, Any] | None:
        return self.cluster.get(identity(manifest))

    def delete(self, objects: Iterable[KubernetesObject], log: IO[str], seconds: int = 0) -> None:
        for manifest in objects:
            self.cluster.pop(identity(manifest), None)

    def find(self, objects: Iterable[KubernetesObject]) -> list[dict[str, Any]]:
        return [self.cluster[identity(each)] for each in objects if identity(each) in self.cluster]

    def select(self, kind: str, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        maps = (each for each in self.cluster.values() if each["kind"] == "ConfigMap" and "binaryData" in each)
        return [each for each in maps if each["metadata"]["namespace"] == namespace]


@pytest.fixture
def kubectl() -> Memory:
    memory = Memory(Path("kubectl"), Path("kubeconfig"))
    memory.cluster, memory.applied = {}, []
    return memory


def rendered(kubectl: Kubectl, **choices: Any) -> Rendered:
    spec = Existing.Spec.model_validate({"kubeconfig": "kubeconfig"})
    environment = Environment(addons=(Notes.model_validate(choices),))
    return Rendered(Target("test", ClusterKind(Existing, spec), environment), kubectl)


def password(kubectl: Memory, key: str = "password") -> str:
    return base64.b64decode(kubectl.cluster[SECRET]["data"][key]).decode()


def test_a_password_is_made_of_as_many_digits_as_asked_for_and_never_printed(kubectl: Memory) -> None:
    log = io.StringIO()
    assert rendered(kubectl).apply().run(log) == "3 objects"
    assert len(password(kubectl)) == 33
    assert set(password(kubectl)) <= set("0123456789abcdef")
    assert password(kubectl) not in log.getvalue()


def test_its_namespace_comes_before_it_and_what_reads_it_after(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    assert kubectl.applied == ["ConfigMap", "Namespace", "Secret", "ConfigMap"]


def test_it_is_noted_before_anything_is_made_but_its_value_is_not(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    inventory = kubectl.cluster[identity(note("test", []))]
    assert SECRET in noted(inventory)
    assert password(kubectl) not in str(inventory)


def test_another_run_leaves_it_as_it_is(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    before = password(kubectl)
    kubectl.applied.clear()
    again = rendered(kubectl)
    again.apply().run(io.StringIO())
    again.prune().run(io.StringIO())
    assert password(kubectl) == before
    assert "Secret" not in kubectl.applied


def test_a_key_that_is_new_comes_beside_those_that_are_there(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    before = password(kubectl)
    rendered(kubectl, digits={"password": 33, "cookie": 64}).apply().run(io.StringIO())
    assert password(kubectl) == before
    assert len(password(kubectl, "cookie")) == 64


def test_it_goes_when_nobody_wants_it_any_more(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    without = rendered(kubectl, digits={})
    without.apply().run(io.StringIO())
    without.prune().run(io.StringIO())
    assert SECRET not in kubectl.cluster
    assert identity(OBJECT) in kubectl.cluster


def test_a_run_of_another_machine_is_noticed_before_anything_is_removed(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    ours, theirs = rendered(kubectl, digits={}), rendered(kubectl, digits={"cookie": 64})
    ours.apply().run(io.StringIO())
    kubectl.apply([note("test", [SECRET])], io.StringIO())
    there = dict(kubectl.cluster)
    with pytest.raises(SlipwayError, match="'test' is being changed from another machine as well"):
        ours.prune().run(io.StringIO())
    assert kubectl.cluster == there
    theirs.apply().run(io.StringIO())
    theirs.prune().run(io.StringIO())
    assert SECRET in kubectl.cluster


def test_a_note_that_another_machine_has_just_written_is_not_overwritten(
    kubectl: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(kubectl, digits={}).apply().run(io.StringIO())
    before = kubectl.cluster[identity(note("test", []))]
    outdated = {**before, "metadata": {**before["metadata"], "resourceVersion": "older"}}
    monkeypatch.setattr(Memory, "get", lambda *_: outdated)
    with pytest.raises(SlipwayError, match="is being changed from another machine"):
        rendered(kubectl).apply().run(io.StringIO())
    assert kubectl.cluster[identity(note("test", []))] == before


def test_a_note_that_says_it_already_is_not_written_again(kubectl: Memory) -> None:
    written = []
    for _ in range(2):
        again = rendered(kubectl)
        again.apply().run(io.StringIO())
        again.prune().run(io.StringIO())
        written.append(kubectl.cluster[identity(note("test", []))])
    assert written[0] == written[1]


def test_everything_goes(kubectl: Memory) -> None:
    rendered(kubectl).apply().run(io.StringIO())
    rendered(kubectl).remove().run(io.StringIO())
    assert kubectl.cluster == {}


def test_models_that_move_leave_nothing_behind_once_they_serve_elsewhere(kubectl: Memory, tmp_path: Path) -> None:
    spec, environment = Existing.Spec(kubeconfig="kubeconfig"), Environment(stacks=(stack(tmp_path),))

    def living(space: str) -> Rendered:
        conventions = Conventions(models=Namespace(name=space))
        return Rendered(Target("test", ClusterKind(Existing, spec), environment, conventions), kubectl)

    living("models").apply().run(io.StringIO())
    before = set(kubectl.cluster) - {identity(note("test", []))}
    moved = living("ai-test")
    moved.apply().run(io.StringIO())
    assert before <= kubectl.cluster.keys()
    assert set(moved.unwanted()) == before
    assert Identity("v1", "Namespace", "", "models") in before
    moved.prune().run(io.StringIO())
    assert {each.namespace or each.name for each in kubectl.cluster} == {"default", "ai-test"}


def test_requests_are_led_to_a_version_once_it_is_ready(kubectl: Memory, tmp_path: Path) -> None:
    spec, switched = Existing.Spec(kubeconfig="kubeconfig"), {"live": "candidate", "candidate": {"replicas": 2}}
    environment = Environment(stacks=(stack(tmp_path, traffic={"blue_green": switched}),))
    found = Rendered(Target("test", ClusterKind(Existing, spec), environment), kubectl)
    service = Identity("v1", "Service", "models", "iris")
    found.apply().run(io.StringIO())
    assert service not in kubectl.cluster
    assert service in noted(kubectl.cluster[identity(note("test", []))])
    (step,) = found.lead()
    assert step.run(io.StringIO()) == "1 objects"
    assert kubectl.cluster[service]["spec"]["selector"] == {"app.kubernetes.io/name": "iris-candidate"}
    assert list(rendered(kubectl).lead()) == []


def foreign(kubectl: Memory, **labels: str) -> Identity:
    """A namespace `tools` that was there before."""
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tools", "labels": labels}}
    kubectl.cluster[identity(space)] = space
    return identity(space)


def test_a_namespace_of_somebody_else_is_used_as_it_is_and_stays(kubectl: Memory) -> None:
    space = foreign(kubectl, team="science")
    before = kubectl.cluster[space]
    (told,) = rendered(kubectl).of_others()
    assert told.title == "Namespace tools is not ours"
    again = rendered(kubectl)
    again.apply().run(io.StringIO())
    assert list(again.of_others()), "it is told each time"
    again.prune().run(io.StringIO())
    assert identity(OBJECT) in kubectl.cluster
    assert kubectl.cluster[space] is before
    rendered(kubectl).remove().run(io.StringIO())
    assert kubectl.cluster == {space: before}


@pytest.mark.parametrize("noted", [True, False])
def test_a_namespace_of_ours_goes_whoever_has_changed_it(kubectl: Memory, noted: bool) -> None:
    if noted:
        rendered(kubectl).apply().run(io.StringIO())
    space = foreign(kubectl, **({} if noted else {"app.kubernetes.io/managed-by": "slipway"}))
    assert not list(rendered(kubectl).of_others())
    rendered(kubectl).apply().run(io.StringIO())
    rendered(kubectl).remove().run(io.StringIO())
    assert space not in kubectl.cluster


def test_charts_are_refused_with_both_cures() -> None:
    chart = Chart(name="keda", repository="https://charts.example.org", version="1", release="keda")
    space = Namespace(name="tools")
    with pytest.raises(SlipwayError) as caught:
        refuse_charts([Unit(name="keda", namespace=space, charts=(chart,)), Unit(name="iris", namespace=space)])
    assert str(caught.value) == (
        "keda: made of Helm charts, which kubectl cannot install. "
        "Install Pulumi, or render the environment and let Argo CD apply it"
    )
    refuse_charts([Unit(name="iris", namespace=space)])
