from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import readiness
from components.cluster import Cluster, ClusterSpec, Identity
from components.clusters.existing import Existing
from components.context import Traits
from components.installation import Installation
from components.location.store import Grant
from components.unit import Chart, GeneratedSecret, KubernetesObject, Namespace, Unit, held_back
from tests.components.deployed import KUBECONFIG, Deployed, deploy, revealed
from tests.samples import OBJECT

ROLE: KubernetesObject = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "reader"},
}
ELSEWHERE: KubernetesObject = {**OBJECT, "metadata": {"name": "notes", "namespace": "kube-system"}}

CUSTOM: KubernetesObject = {
    "apiVersion": "example.com/v1",
    "kind": "Pool",
    "metadata": {"name": "addresses", "namespace": "tools"},
}


def chart(name: str, **values: Any) -> Chart:
    return Chart(name=name, repository="https://example.com/charts", version="1.2.3", release=name, values=values)


UNIT = Unit(
    name="notes",
    namespace=Namespace(name="tools"),
    charts=(chart("base"), chart("top", replicas=2)),
    objects=(OBJECT, ROLE, ELSEWHERE, CUSTOM),
)


@pytest.fixture
def deployed() -> Deployed:
    return deploy(lambda: Installation(UNIT, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))


def test_it_has_its_token_and_the_name_of_cluster_and_unit(deployed: Deployed) -> None:
    assert deployed.one("slipway:index:Installation").name == "lab-notes"


def test_it_owns_every_object_and_every_chart(deployed: Deployed) -> None:
    owned = [each.name for each in deployed.resources if each.parent.endswith("::lab-notes")] if deployed else []
    assert sorted(owned) == sorted(
        [
            "lab-configmap.tools.notes",
            "lab-configmap.kube-system.notes",
            "lab-clusterrole.reader",
            "lab-pool.tools.addresses",
            "lab-notes-base",
            "lab-notes-top",
        ]
    )


def test_everything_is_placed_by_the_clusters_provider(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:kubernetes")
    placed = deployed.of("kubernetes:")
    assert len(placed) == 7
    for each in placed:
        assert each.request.provider == f"{provider.urn}::{provider.name}-id"


def test_what_is_held_back_waits_for_all_else() -> None:
    unit = UNIT.model_copy(update={"charts": (), "objects": (held_back(OBJECT), ROLE, CUSTOM)})
    deployed = deploy(lambda: Installation(unit, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))
    space, *first = (
        deployed.named(f"lab-{name}").urn for name in ("tools", "clusterrole.reader", "pool.tools.addresses")
    )
    assert set(deployed.named("lab-configmap.tools.notes").request.dependencies) == {space, *first}
    assert list(deployed.named("lab-clusterrole.reader").request.dependencies) == [space]


def test_what_lives_in_its_namespace_goes_with_the_namespace(deployed: Deployed) -> None:
    namespace = deployed.one("kubernetes:core/v1:Namespace").urn
    assert deployed.named("lab-configmap.tools.notes").request.deletedWith == namespace


def test_what_an_operator_or_helm_must_see_go_does_not_go_with_the_namespace(deployed: Deployed) -> None:
    for name in ("lab-pool.tools.addresses", "lab-notes-base", "lab-notes-top"):
        assert deployed.named(name).request.deletedWith == ""


def test_what_lives_elsewhere_is_deleted_itself(deployed: Deployed) -> None:
    for name in ("lab-clusterrole.reader", "lab-configmap.kube-system.notes"):
        assert deployed.named(name).request.deletedWith == ""


def test_charts_come_one_after_the_other_and_objects_after_the_charts(deployed: Deployed) -> None:
    namespace, base, top = (deployed.named(name) for name in ("lab-tools", "lab-notes-base", "lab-notes-top"))
    assert list(base.request.dependencies) == [namespace.urn]
    assert list(top.request.dependencies) == [base.urn]
    for name in ("lab-configmap.tools.notes", "lab-clusterrole.reader"):
        assert list(deployed.named(name).request.dependencies) == [top.urn]


def test_objects_without_charts_come_after_the_namespace() -> None:
    bare = UNIT.model_copy(update={"charts": ()})
    deployed = deploy(lambda: Installation(bare, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))
    found = deployed.named("lab-clusterrole.reader")
    assert list(found.request.dependencies) == [deployed.named("lab-tools").urn]


def test_a_release_is_pinned_and_leaves_nothing_half_done(deployed: Deployed) -> None:
    inputs = deployed.named("lab-notes-top").inputs
    assert (inputs["chart"], inputs["version"], inputs["name"]) == ("top", "1.2.3", "top")
    assert inputs["namespace"] == "tools"
    assert inputs["repositoryOpts"] == {"repo": "https://example.com/charts"}
    assert inputs["values"] == {"replicas": 2}
    assert inputs["atomic"] is True


def test_the_outputs_of_the_component_are_registered(deployed: Deployed) -> None:
    assert deployed.one("slipway:index:Installation").urn in deployed.outputs


HOOKED = UNIT.model_copy(update={"accepts": CUSTOM, "secrets": (GeneratedSecret(name="keys", keys={"cookie": 64}),)})


def test_what_follows_an_operator_waits_until_its_webhook_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(readiness, "until_accepted", lambda *given: asked.append(given))
    hooks: list[pulumi.ResourceHook] = []
    made = pulumi.ResourceHook

    def noted(name: str, func: Any) -> pulumi.ResourceHook:
        hooks.append(made(name, func))
        return hooks[-1]

    monkeypatch.setattr(pulumi, "ResourceHook", noted)
    spec = Existing.Spec(kubeconfig="~/x", context="blue")
    deployed = deploy(lambda: Installation(HOOKED, cluster=Existing("lab", spec)))
    bound = deployed.named("lab-notes-top").request.hooks
    assert list(bound.after_create) == list(bound.after_update) == ["lab-notes-ready"]
    assert not deployed.named("lab-notes-base").request.hooks.after_create
    (hook,) = hooks
    hook.callback(pulumi.ResourceHookArgs("", "", "", "kubernetes:helm.sh/v3:Release"))
    assert asked == [(str(Path("~/x").expanduser()), "blue", CUSTOM)]


def test_a_generated_secret_is_there_before_the_charts_and_tells_nothing() -> None:
    deployed = deploy(lambda: Installation(HOOKED, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))
    secret = deployed.named("lab-secret.tools.keys")
    assert list(secret.inputs["stringData"]) == ["cookie"]
    assert revealed(secret.inputs["stringData"]["cookie"])
    assert secret.urn in deployed.named("lab-notes-base").request.dependencies
    assert deployed.named("lab-notes-keys-cookie").inputs["environment"] == {"LENGTH": "64"}


class Harbour(Cluster):
    """A cluster whose pods read s3:// by a role that it makes for them."""

    class Spec(ClusterSpec):
        traits: Traits = Traits(store_schemes=("s3",))

    def provision(self, spec: Spec) -> str:
        return KUBECONFIG

    def identity(self, namespace: str, grant: Grant) -> Identity:
        name = f"{self.name}-{namespace}-{grant.account}"
        role = pulumi.CustomResource("harbour:index:Role", name, {"stores": list(grant.stores)}, self.child())
        return Identity({"harbour/role": role.urn.apply(lambda _: f"role-of-{grant.account}")}, (role,))


def account(name: str, **annotations: str) -> KubernetesObject:
    metadata = {"name": name, "namespace": "tools", **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def with_identity(*objects: KubernetesObject) -> Deployed:
    grant = Grant(account="reader", stores=("s3://models/iris",))
    unit = UNIT.model_copy(update={"objects": objects, "grants": (grant,)})
    return deploy(lambda: Installation(unit, cluster=Harbour("lab", Harbour.Spec())))


def test_a_service_account_that_reads_stores_carries_what_its_identity_asks_for() -> None:
    deployed = with_identity(account("reader", team="science"))
    inputs = deployed.one("kubernetes:core/v1:ServiceAccount").inputs
    assert inputs["metadata"]["annotations"] == {"team": "science", "harbour/role": "role-of-reader"}


def test_the_cluster_is_asked_once_for_each_grant_and_owns_what_it_makes() -> None:
    role = with_identity(account("reader"), OBJECT).one("harbour:index:Role")
    assert (role.name, role.parent) == ("lab-tools-reader", "slipway:index:Harbour::lab")
    assert role.inputs == {"stores": ["s3://models/iris"]}


def test_nobody_else_is_given_it() -> None:
    namesake = {**OBJECT, "metadata": {"name": "reader", "namespace": "tools"}}
    deployed = with_identity(account("reader"), account("writer"), namesake)
    for name in ("lab-serviceaccount.tools.writer", "lab-configmap.tools.reader"):
        assert "annotations" not in deployed.named(name).inputs["metadata"]


def test_pods_wait_for_their_identity() -> None:
    deployment: KubernetesObject = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "reader", "namespace": "tools"},
    }
    deployed = with_identity(account("reader"), deployment)
    role, top = deployed.one("harbour:index:Role"), deployed.named("lab-notes-top")
    assert set(deployed.one("kubernetes:apps/v1:Deployment").request.dependencies) == {role.urn, top.urn}


def test_the_manifest_of_the_unit_is_left_as_it_was() -> None:
    manifest = account("reader", team="science")
    with_identity(manifest)
    assert manifest == account("reader", team="science")


def test_an_identity_without_annotations_leaves_the_account_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Harbour, "identity", lambda *_: Identity())
    deployed = with_identity(account("reader"))
    assert "annotations" not in deployed.one("kubernetes:core/v1:ServiceAccount").inputs["metadata"]


def test_a_unit_without_grants_asks_for_no_identity() -> None:
    deployed = deploy(lambda: Installation(UNIT, cluster=Harbour("lab", Harbour.Spec())))
    assert deployed.of("harbour:index:Role") == []
