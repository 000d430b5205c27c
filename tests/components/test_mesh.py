from pathlib import Path
from typing import Any

import pytest

from components import mesh
from components.addons.istio import Istio
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.unit import KubernetesObject
from tests.samples import by_kind, stack

MESHED = Context(conventions=Conventions(mesh=mesh.AMBIENT))


@pytest.fixture
def meshed(tmp_path: Path) -> dict[str, KubernetesObject]:
    return by_kind(stack(tmp_path).objects(MESHED))


def test_plain_text_is_refused_save_where_metrics_are_read(meshed: dict[str, KubernetesObject]) -> None:
    ports = meshed["Deployment"]["spec"]["template"]["spec"]["containers"][0]["ports"]
    metrics = {each["name"]: str(each["containerPort"]) for each in ports}["metrics"]
    spec = meshed["PeerAuthentication"]["spec"]
    assert spec["mtls"] == {"mode": "STRICT"}
    assert spec["portLevelMtls"] == {metrics: {"mode": "PERMISSIVE"}}


def test_a_server_without_metrics_has_no_exception() -> None:
    assert "portLevelMtls" not in mesh.only_mutual_tls({"name": "x"}, {"app": "x"})["spec"]


def test_it_holds_for_the_pods_of_the_stack_which_are_of_the_mesh(meshed: dict[str, KubernetesObject]) -> None:
    labels = meshed["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert meshed["PeerAuthentication"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert mesh.AMBIENT.items() <= labels.items()
    assert mesh.AMBIENT.keys().isdisjoint(meshed["Deployment"]["spec"]["selector"]["matchLabels"])


def test_callers_use_the_tunnel_and_probes_come_from_the_node(
    tmp_path: Path, meshed: dict[str, KubernetesObject]
) -> None:
    def opened(objects: dict[str, KubernetesObject]) -> list[Any]:
        return list(objects["NetworkPolicy"]["spec"]["ingress"])

    callers, tunnel, probes = opened(meshed)
    assert [callers] == opened(by_kind(stack(tmp_path).objects(Context())))
    assert tunnel == {**callers, "ports": [{"protocol": "TCP", "port": 15008}]}
    assert probes == {**callers, "from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}]}


def test_a_stack_waits_for_the_mesh_of_its_environment(tmp_path: Path) -> None:
    cloud = Context(traits=Traits(load_balancer=True))
    units = {
        mutual: list(Environment(addons=(Istio(mutual_tls=mutual),), stacks=(stack(tmp_path),)).units(cloud))[-1]
        for mutual in (True, False)
    }
    assert (units[True].after, units[False].after) == (("istio",), ())
    kinds = {mutual: {each["kind"] for each in unit.objects} for mutual, unit in units.items()}
    assert kinds[True] - kinds[False] == {"PeerAuthentication"}
