from typing import Any

import pytest

from components import argo, render
from components.errors import SlipwayError
from components.mirror import Mirror
from components.unit import Chart, KubernetesObject, Unit
from tests.samples import OBJECT

HTTP = "https://charts.example.org/stable"


def chart(name: str, repository: str = HTTP, **fields: Any) -> Chart:
    return Chart(name=name, repository=repository, version="1.2.3", release=name, **fields)


def unit(name: str, *charts: Chart, namespace: str = "tools") -> Unit:
    return Unit.model_validate({"name": name, "namespace": {"name": namespace}, "charts": charts, "objects": (OBJECT,)})


def applications(*charts: Chart) -> list[KubernetesObject]:
    return [each for each in render.manifests(unit("mesh", *charts)) if each["kind"] == "Application"]


def test_a_chart_becomes_an_application_of_argo_cd() -> None:
    (application,) = applications(chart("metallb", values={"speaker": {"frr": {"enabled": False}}}))
    assert application["metadata"]["namespace"] == "argocd"
    assert application["spec"]["destination"] == {"server": "https://kubernetes.default.svc", "namespace": "tools"}
    assert application["spec"]["source"] == {
        "repoURL": HTTP,
        "chart": "metallb",
        "targetRevision": "1.2.3",
        "helm": {"releaseName": "metallb", "valuesObject": {"speaker": {"frr": {"enabled": False}}}},
    }


def test_charts_come_one_after_the_other_and_before_the_objects() -> None:
    waves = [
        each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for each in applications(*map(chart, "abc"))
    ]
    assert waves == ["-3", "-2", "-1"]
    assert "annotations" not in OBJECT["metadata"]


def test_no_two_applications_of_an_environment_have_one_name() -> None:
    one, other = unit("mesh", chart("base")), unit("mesh-base", chart("base"))
    names = {argo.application(each, each.charts[0])["metadata"]["name"] for each in (one, other)}
    assert names == {"mesh.base", "mesh-base.base"}


def test_what_fails_is_tried_again_with_growing_pauses() -> None:
    policy = argo.sync_policy()
    assert policy["retry"] == {"limit": 15, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}
    assert {"ServerSideApply=true", "SkipDryRunOnMissingResource=true"} <= set(policy["syncOptions"])
    assert policy["automated"] == {"prune": True, "selfHeal": True}


def test_what_operators_fill_in_themselves_is_left_to_them() -> None:
    (application,) = applications(chart("keda"))
    ignored = {each["kind"]: each["jqPathExpressions"] for each in application["spec"]["ignoreDifferences"]}
    assert ignored["APIService"] == [".spec.caBundle"]
    assert ".webhooks[]?.failurePolicy" in ignored["ValidatingWebhookConfiguration"]
    assert "RespectIgnoreDifferences=true" in application["spec"]["syncPolicy"]["syncOptions"]


def test_deleting_an_application_deletes_what_it_applied() -> None:
    (application,) = applications(chart("keda"))
    assert application["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


@pytest.mark.parametrize(
    ("repository", "spelled"),
    [
        (HTTP, HTTP),
        ("http://charts.internal:8080", "http://charts.internal:8080"),
        ("oci://ghcr.io/kserve/charts", "ghcr.io/kserve/charts"),
    ],
)
def test_a_repository_is_spelled_as_argo_cd_wants_it(repository: str, spelled: str) -> None:
    (application,) = applications(chart("keda", repository))
    assert application["spec"]["source"]["repoURL"] == spelled


@pytest.mark.parametrize("folder", ["/srv/charts", "./charts", "~/charts"])
def test_a_folder_of_charts_is_refused_with_its_cure(folder: str) -> None:
    mirrored = Mirror(charts=folder).unit(unit("mesh", chart("keda")))
    with pytest.raises(SlipwayError) as caught:
        render.manifests(mirrored)
    assert str(caught.value) == (
        f"chart 'keda' is in the folder {folder}, which Argo CD cannot read. "
        "Let slipway:mirror.charts be an OCI registry or an HTTP repository"
    )


def test_mirrored_values_are_what_is_rendered() -> None:
    image = {"image": "docker.io/istio/pilot:1.30.0", "paths": {"image": "{image}"}}
    mirror = Mirror(charts="oci://registry.example.com/charts", images="registry.example.com")
    mirrored = mirror.unit(unit("mesh", chart("istiod", images=(image,))))
    source = render.manifests(mirrored)[0]["spec"]["source"]
    assert source["repoURL"] == "registry.example.com/charts"
    assert source["helm"]["valuesObject"] == {"image": "registry.example.com/docker.io/istio/pilot:1.30.0"}


def test_the_project_of_the_charts_lets_their_repositories_and_namespaces_and_no_others() -> None:
    units = [
        unit("a", chart("x"), chart("y", "oci://ghcr.io/y"), namespace="one"),
        unit("b", chart("z"), namespace="two"),
    ]
    folders = dict(render.folders([*units, unit("c", namespace="three")]))
    (project,) = (each for each in folders["00-namespaces"] if each["kind"] == "AppProject")
    assert project["spec"]["sourceRepos"] == ["ghcr.io/y", HTTP]
    assert [each["namespace"] for each in project["spec"]["destinations"]] == ["kube-system", "one", "two"]
    (application, *_) = folders["01-a"]
    assert application["spec"]["project"] == project["metadata"]["name"]


def test_without_charts_nothing_of_argo_cd_is_written() -> None:
    kinds = {each["kind"] for _, objects in render.folders([unit("c")]) for each in objects}
    assert kinds == {"Namespace", OBJECT["kind"]}
