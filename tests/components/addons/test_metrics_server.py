from typing import Any

import pytest

from components.addons.metrics_server import MetricsServer
from components.context import Context
from components.unit import KubernetesObject, identity


@pytest.fixture
def objects() -> dict[str, KubernetesObject]:
    return {identity(each): each for each in MetricsServer().unit(Context()).objects}


@pytest.fixture
def deployment(objects: dict[str, KubernetesObject]) -> dict[str, Any]:
    return dict(objects["deployment.metrics-server.metrics-server"]["spec"])


def test_its_key_is_the_name_of_its_module() -> None:
    assert MetricsServer.key() == "metrics_server"


def test_it_waits_for_nothing() -> None:
    assert MetricsServer().needs(Context()) == ()


def test_the_api_is_served_by_its_own_service(objects: dict[str, KubernetesObject]) -> None:
    spec = objects["apiservice.v1beta1.metrics.k8s.io"]["spec"]
    assert (spec["group"], spec["version"]) == ("metrics.k8s.io", "v1beta1")
    service = objects[f"service.{spec['service']['namespace']}.{spec['service']['name']}"]
    assert [port["port"] for port in service["spec"]["ports"]] == [443]


def test_the_service_and_the_policy_pick_its_pods(
    objects: dict[str, KubernetesObject], deployment: dict[str, Any]
) -> None:
    labels = deployment["template"]["metadata"]["labels"].items()
    assert deployment["selector"]["matchLabels"].items() <= labels
    assert objects["service.metrics-server.metrics-server"]["spec"]["selector"].items() <= labels
    policy = objects["networkpolicy.metrics-server.metrics-server"]
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels


def test_every_named_port_is_one_of_the_container(
    objects: dict[str, KubernetesObject], deployment: dict[str, Any]
) -> None:
    (container,) = deployment["template"]["spec"]["containers"]
    named = {port["name"] for port in container["ports"]}
    probes = (container[f"{each}Probe"]["httpGet"]["port"] for each in ("startup", "readiness", "liveness"))
    (service,) = objects["service.metrics-server.metrics-server"]["spec"]["ports"]
    assert {service["targetPort"], *probes} <= named


def test_every_role_that_is_bound_is_its_own_or_comes_with_kubernetes(objects: dict[str, KubernetesObject]) -> None:
    bound = {each["roleRef"]["name"] for each in objects.values() if each["kind"].endswith("Binding")}
    own = {each["metadata"]["name"] for each in objects.values() if each["kind"] == "ClusterRole"}
    assert bound - own == {"system:auth-delegator", "extension-apiserver-authentication-reader"}


def test_rights_go_to_the_account_that_its_pods_run_as(
    objects: dict[str, KubernetesObject], deployment: dict[str, Any]
) -> None:
    account = deployment["template"]["spec"]["serviceAccountName"]
    assert f"serviceaccount.metrics-server.{account}" in objects
    for each in objects.values():
        if each["kind"].endswith("Binding"):
            assert each["subjects"] == [{"kind": "ServiceAccount", "name": account, "namespace": "metrics-server"}]


def test_it_may_only_read(objects: dict[str, KubernetesObject]) -> None:
    roles = [each for each in objects.values() if each["kind"] == "ClusterRole"]
    assert {verb for role in roles for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}


def test_image_and_resources_are_the_environments_choice() -> None:
    addon = MetricsServer.model_validate(
        {"image": "example.com/metrics-server:1", "resources": {"cpu": "1", "cpu_limit": "1", "memory": "1Gi"}}
    )
    (deployment,) = (each for each in addon.unit(Context()).objects if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "example.com/metrics-server:1"
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
