"""The laptop's environment against the article that it carries out, line by line."""

from pathlib import Path
from typing import Any

import pytest

from components.clusters.k3d import K3d
from components.unit import Chart, KubernetesObject, Unit
from components.values import merged
from infra import settings
from tests.components.addons import article

FOLDER = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def units() -> tuple[Unit, ...]:
    return settings.from_file("dev", FOLDER).units()


@pytest.fixture
def charts(units: tuple[Unit, ...]) -> dict[str, tuple[str, Chart]]:
    """Each release with its namespace and chart."""
    return {chart.release: (unit.namespace.name, chart) for unit in units for chart in unit.charts}


def only(units: tuple[Unit, ...], kind: str) -> KubernetesObject:
    (found,) = (each for unit in units for each in unit.objects if each["kind"] == kind)
    return found


def test_each_release_is_there_with_its_chart_in_its_namespace(
    shared: Path, charts: dict[str, tuple[str, Chart]]
) -> None:
    said = {name: (each["namespace"], each["chart"]) for name, each in article.releases(shared).items()}
    ours = {name: (namespace, chart.name) for name, (namespace, chart) in charts.items()}
    assert said.items() <= ours.items()
    assert ours.keys() - said.keys() == {"istio-cni", "ztunnel"}, "what mutual TLS needs, and the article does not have"


def test_charts_come_from_its_repositories_save_one_that_has_moved(
    shared: Path, charts: dict[str, tuple[str, Chart]]
) -> None:
    ours = {chart.repository.rstrip("/") for _, chart in charts.values()}
    moved = {"https://jupyterhub.github.io/helm-chart": "https://hub.jupyter.org/helm-chart"}
    assert ours == {moved.get(each, each) for each in article.repositories(shared)}


def test_the_values_that_it_sets_are_set_save_that_nobody_is_told_about_us(
    shared: Path, charts: dict[str, tuple[str, Chart]]
) -> None:
    said = article.releases(shared)["seldon-core-operator"]["set"]
    assert said == {"usageMetrics.enabled": True, "istio.enabled": True}
    values = charts["seldon-core-operator"][1].values
    assert values["istio"] == {"enabled": True}
    assert "usageMetrics" not in values


def test_jupyterhub_is_told_what_its_config_says(shared: Path, charts: dict[str, tuple[str, Chart]]) -> None:
    said = article.jupyterhub_values(shared)
    assert said["ingress"].pop("annotations") == {}, "says nothing"
    values = charts["jupyterhub"][1].values
    assert merged(values, said) == values


@pytest.mark.parametrize("kind", ["L2Advertisement", "IngressClass"])
def test_an_object_is_as_it_writes_it(shared: Path, units: tuple[Unit, ...], kind: str) -> None:
    said, ours = article.manifest(shared, kind), only(units, kind)
    assert (ours["apiVersion"], ours["spec"]) == (said["apiVersion"], said["spec"])
    assert said["metadata"].items() <= ours["metadata"].items()


def test_the_gateway_is_as_it_writes_it_in_the_version_that_stays(shared: Path, units: tuple[Unit, ...]) -> None:
    said, ours = article.manifest(shared, "Gateway"), only(units, "Gateway")
    assert (said["apiVersion"], ours["apiVersion"]) == ("networking.istio.io/v1alpha3", "networking.istio.io/v1")
    assert ours["spec"] == said["spec"]
    assert said["metadata"].items() <= ours["metadata"].items()


def test_the_pool_has_as_many_addresses_at_the_top_of_the_network_that_it_inspects(
    shared: Path, units: tuple[Unit, ...]
) -> None:
    said, ours = article.manifest(shared, "IPAddressPool"), only(units, "IPAddressPool")
    assert said["metadata"].items() <= ours["metadata"].items()
    assert said["spec"] == {"addresses": ["172.25.1.1-172.25.1.100"]}
    assert ours["spec"] == {"addresses": ["172.25.255.155-172.25.255.254"]}
    assert f'"Subnet": "{K3d.Spec().traits.node_network}"' in article.text(shared)


def test_the_ingress_leads_its_host_to_nginx(shared: Path, units: tuple[Unit, ...]) -> None:
    said, ours = article.manifest(shared, "Ingress"), only(units, "Ingress")

    def rule(ingress: KubernetesObject) -> dict[str, Any]:
        (rule,) = ingress["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        place = {key: path[key] for key in ("path", "pathType")}
        return {"host": rule["host"], **place, "port": path["backend"]["service"]["port"]}

    assert rule(ours) == rule(said)
    assert ours["spec"]["ingressClassName"] == article.manifest(shared, "IngressClass")["metadata"]["name"]


def test_its_hello_world_is_served(units: tuple[Unit, ...]) -> None:
    assert {"iris", "wine"} <= {unit.name for unit in units}
