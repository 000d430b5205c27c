import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import argo, render
from components.addons.metrics_server import MetricsServer
from components.clusters.existing import Existing
from components.clusters.k3d import K3d
from components.context import Traits
from components.environment import Environment
from components.errors import Invalid
from components.platform import Platform
from components.unit import KubernetesObject
from infra import environment_file, settings
from tests.components.clouds import KNOWN
from tests.components.deployed import Deployed, Resource, deploy
from tests.samples import stack

FOLDER = Path(__file__).parents[2]


def environment(folder: Path) -> Environment:
    scaled = stack(folder, "iris", autoscaling={"max_replicas": 2})
    return Environment(addons=(MetricsServer(),), stacks=(scaled, stack(folder, "wine")))


def on_existing(folder: Path) -> None:
    Platform("lab", environment(folder), cluster=Existing("lab", Existing.Spec(kubeconfig="~/x")))


def on_k3d(folder: Path) -> None:
    Platform("lab", environment(folder), cluster=K3d("lab", K3d.Spec(traits=Traits())))


@pytest.fixture(params=[on_existing, on_k3d])
def deployed(request: pytest.FixtureRequest, tmp_path: Path) -> Deployed:
    return deploy(lambda: request.param(tmp_path))


def installation(deployed: Deployed, name: str) -> Resource:
    return deployed.named(f"lab-{name}", "slipway:index:Installation")


def test_it_owns_an_installation_per_unit(deployed: Deployed) -> None:
    installations = deployed.of("slipway:index:Installation")
    assert {each.name for each in installations} == {"lab-metrics-server", "lab-iris", "lab-wine"}
    assert {each.parent for each in installations} == {"slipway:index:Platform::lab"}


def test_no_two_resources_share_a_urn(deployed: Deployed) -> None:
    assert len({each.urn for each in deployed.resources}) == len(deployed.resources)


def test_every_kubernetes_resource_is_placed_by_the_provider_of_the_cluster(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:kubernetes")
    for each in deployed.of("kubernetes:"):
        assert each.request.provider == f"{provider.urn}::{provider.name}-id"


def test_every_resource_but_the_roots_has_a_component_of_ours_as_parent(deployed: Deployed) -> None:
    roots = {
        each.name for each in deployed.resources if each.request.parent.split("::")[2:3] == ["pulumi:pulumi:Stack"]
    }
    assert roots == {"lab"}
    for each in deployed.of("kubernetes:"):
        assert each.parent.startswith("slipway:index:")


def test_a_unit_waits_for_all_of_what_it_needs_and_for_nothing_else(deployed: Deployed) -> None:
    needed, iris, wine = (installation(deployed, name) for name in ("metrics-server", "iris", "wine"))
    owned = {each.urn for each in deployed.resources if each.request.parent == needed.urn}
    assert set(iris.request.dependencies) == owned
    assert list(wine.request.dependencies) == []


def test_an_object_is_not_begun_before_what_its_unit_waits_for(deployed: Deployed) -> None:
    order = [each.urn for each in deployed.resources]
    needed, iris = (installation(deployed, name).urn for name in ("metrics-server", "iris"))
    of_needed = [order.index(each.urn) for each in deployed.resources if each.request.parent == needed]
    of_iris = [order.index(each.urn) for each in deployed.resources if each.request.parent == iris]
    assert max(of_needed) < min(of_iris)


def test_the_models_and_where_they_are_called_are_its_outputs(deployed: Deployed) -> None:
    outputs = deployed.outputs[deployed.one("slipway:index:Platform").urn]
    assert outputs == {"models": {"iris": "http://iris.models.svc", "wine": "http://wine.models.svc"}}


def test_what_the_cluster_brings_is_not_waited_for(tmp_path: Path) -> None:
    scaled = Environment(stacks=(stack(tmp_path, autoscaling={"max_replicas": 2}),))
    deployed = deploy(lambda: Platform("lab", scaled, cluster=K3d("lab", K3d.Spec())))
    assert list(deployed.one("slipway:index:Installation").request.dependencies) == []


def test_a_wrong_environment_is_refused_before_its_first_object(tmp_path: Path) -> None:
    scaled = Environment(stacks=(stack(tmp_path, autoscaling={"max_replicas": 2}),))
    with pytest.raises(Invalid, match=r"models\.iris: needs the add-on 'metrics_server'"):
        deploy(lambda: Platform("lab", scaled, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))


@pytest.fixture(params=environment_file.names(FOLDER))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def told(name: str) -> dict[str, str]:
    """What the engine tells the program about an environment."""
    config = yaml.safe_load((FOLDER / f"Pulumi.{name}.yaml").read_text())["config"]
    return {key: json.dumps(value) for key, value in config.items()}


def plain(value: Any) -> Any:
    """As protobuf gives numbers back."""
    return json.loads(json.dumps(value), parse_int=float)


def test_pulumi_owns_exactly_what_is_rendered(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PULUMI_CONFIG", json.dumps(told(name)))
    deployed = deploy(lambda: runpy.run_module("infra", run_name="__main__"), stack=name, known=KNOWN)
    target = settings.from_file(name, FOLDER)
    render.write(target.units(), tmp_path / "out")
    texts = (path.read_text() for path in (tmp_path / "out").rglob("*.yaml"))
    written: list[KubernetesObject] = [yaml.load(text, yaml.CSafeLoader) for text in texts]
    rendered = [each for each in written if each["metadata"]["name"] != argo.CHARTS_PROJECT]
    charts = [each for each in rendered if each["kind"] == "Application"]
    releases = deployed.of("kubernetes:helm.sh/v3:Release")
    names = [each["spec"]["source"]["helm"]["releaseName"] for each in charts]
    assert sorted(each.inputs["name"] for each in releases) == sorted(names)
    furniture = f"slipway:index:{target.cluster.kind.__name__}::{name}"
    placed = [
        each.inputs
        for each in deployed.of("kubernetes:")
        if each not in releases and (each.parent != furniture or each.type.endswith(":Namespace"))
    ]
    owned = [each for each in placed if "stringData" not in each]
    assert sorted(map(_sorted, owned)) == sorted(_sorted(plain(each)) for each in rendered if each not in charts)
    assert len(owned) > 10


def _sorted(manifest: Any) -> str:
    return json.dumps(manifest, sort_keys=True)
