"""How a stack and its candidate are reached, in each kind of environment."""

from pathlib import Path
from typing import Any

import pytest

from components.addon import Addon
from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.addons.hello_nginx import HelloNginx
from components.addons.istio import Istio
from components.addons.metallb import Metallb
from components.context import Context, Conventions, Gateway, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mesh import AMBIENT
from components.unit import KubernetesObject, is_held_back
from tests.samples import stack

GATEWAY = Gateway(namespace="gateway-api", name="models", listener="http")
ALONE = Context()
EDGE = Context(conventions=Conventions(gateway=GATEWAY))
MESH = Context(conventions=Conventions(gateway=GATEWAY.model_copy(update={"istio": True}), mesh=AMBIENT))
NGINX = Context(conventions=Conventions(nginx_class="nginx"))
CANDIDATE: dict[str, Any] = {"candidate": {"startup_seconds": 60}}
CANARY = {"canary": {"weight": 25, **CANDIDATE}}
SHADOW = {"shadow": CANDIDATE}
HEADER = {"ab": {"header": {"name": "x-version", "value": "b"}, **CANDIDATE}}
COOKIE = {"ab": {"cookie": {"name": "version", "value": "b"}, **CANDIDATE}}
ROUTE = {"host": "models.example.it"}
BY_INGRESS = {**ROUTE, "ingress_class": "nginx"}
EXPOSED = {"load_balancer": "shown at a conference"}

Objects = dict[str, KubernetesObject]


def found(folder: Path, context: Context, **choices: Any) -> Objects:
    """Each object by kind and name."""
    objects = stack(folder, **choices).unit(context).objects
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in objects}


def chosen(objects: Objects, service: str) -> set[str]:
    """The Deployments whose pods a Service leads to."""
    selector = objects[f"Service/{service}"]["spec"]["selector"]
    deployments = [each for each in objects.values() if each["kind"] == "Deployment"]
    labels = {each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"] for each in deployments}
    return {name for name, pod in labels.items() if selector.items() <= pod.items()}


def replicas(objects: Objects) -> dict[str, int]:
    deployments = [each for each in objects.values() if each["kind"] == "Deployment"]
    return {each["metadata"]["name"]: each["spec"].get("replicas") for each in deployments}


@pytest.mark.parametrize("context", [ALONE, EDGE, MESH])
@pytest.mark.parametrize("traffic", [None, CANARY, {"blue_green": CANDIDATE}])
def test_no_selector_of_one_version_picks_pods_of_the_other(tmp_path: Path, context: Context, traffic: Any) -> None:
    objects = found(tmp_path, context, replicas=4, traffic=traffic)
    selectors = [each["spec"]["selector"]["matchLabels"] for each in objects.values() if each["kind"] == "Deployment"]
    assert (
        selectors
        == [{"app.kubernetes.io/name": "iris"}, {"app.kubernetes.io/name": "iris-candidate"}][: len(selectors)]
    )
    assert len(selectors) == (2 if traffic else 1)


def test_alone_the_service_leads_to_both_and_replicas_say_how_often(tmp_path: Path) -> None:
    objects = found(tmp_path, ALONE, replicas=4, traffic=CANARY)
    assert replicas(objects) == {"iris": 3, "iris-candidate": 1}
    assert chosen(objects, "iris") == {"iris", "iris-candidate"}
    assert chosen(objects, "iris-candidate") == {"iris-candidate"}
    assert not {each["kind"] for each in objects.values()} & {"HTTPRoute", "Gateway"}


def test_a_share_of_nothing_leaves_the_candidate_without_a_replica(tmp_path: Path) -> None:
    objects = found(tmp_path, ALONE, replicas=4, traffic={"canary": {"weight": 0, **CANDIDATE}})
    assert replicas(objects) == {"iris": 4, "iris-candidate": 0}


def test_at_a_gateway_each_version_has_its_service_and_the_route_their_weights(tmp_path: Path) -> None:
    objects = found(tmp_path, EDGE, replicas=3, traffic=CANARY, route=ROUTE)
    assert replicas(objects) == {"iris": 3, "iris-candidate": 3}
    assert chosen(objects, "iris") == {"iris"}
    weights = objects["HTTPRoute/iris"]["spec"]["rules"][0]["backendRefs"]
    assert {each["name"]: each["weight"] for each in weights} == {"iris": 75, "iris-candidate": 25}
    assert "Gateway/iris-waypoint" not in objects


def test_within_a_mesh_a_waypoint_shares_the_calls_of_the_service(tmp_path: Path) -> None:
    objects = found(tmp_path, MESH, autoscaling={"max_replicas": 3}, traffic=CANARY)
    assert objects["Service/iris"]["metadata"]["labels"]["istio.io/use-waypoint"] == "iris-waypoint"
    assert objects["Gateway/iris-waypoint"]["spec"]["gatewayClassName"] == "istio-waypoint"
    ports = {kind: objects[f"{kind}/iris-mesh"]["spec"]["parentRefs"][0]["port"] for kind in ("HTTPRoute", "GRPCRoute")}
    assert ports == {"HTTPRoute": 80, "GRPCRoute": 8081}
    assert {"HorizontalPodAutoscaler/iris", "HorizontalPodAutoscaler/iris-candidate"} <= objects.keys()


def test_a_stack_without_a_candidate_needs_no_waypoint(tmp_path: Path) -> None:
    objects = found(tmp_path, MESH, route=ROUTE)
    assert {"HTTPRoute/iris"} == {name for name in objects if "Route" in name or "Gateway" in name}


@pytest.mark.parametrize(("live", "name"), [("stable", "iris"), ("candidate", "iris-candidate")])
@pytest.mark.parametrize("context", [ALONE, EDGE, MESH])
def test_with_two_colours_the_service_leads_to_the_one_that_is_live(
    tmp_path: Path, context: Context, live: str, name: str
) -> None:
    objects = found(tmp_path, context, replicas=3, traffic={"blue_green": {"live": live, **CANDIDATE}})
    assert replicas(objects) == {"iris": 3, "iris-candidate": 3}
    assert chosen(objects, "iris") == {name}
    assert chosen(objects, "iris-candidate") == {"iris-candidate"}


@pytest.mark.parametrize(
    ("context", "choices", "waiting"),
    [
        (EDGE, {"traffic": CANARY, "route": ROUTE}, {"Service/iris", "HTTPRoute/iris"}),
        (MESH, {"traffic": CANARY}, {"Service/iris", "HTTPRoute/iris-mesh", "GRPCRoute/iris-mesh"}),
        (ALONE, {"traffic": {"blue_green": {"live": "candidate", **CANDIDATE}}}, {"Service/iris"}),
        (ALONE, {"traffic": CANARY, "replicas": 4}, set()),
        (EDGE, {"route": ROUTE}, set()),
    ],
)
def test_what_chooses_a_version_waits_until_both_are_ready(
    tmp_path: Path, context: Context, choices: dict[str, Any], waiting: set[str]
) -> None:
    assert {name for name, each in found(tmp_path, context, **choices).items() if is_held_back(each)} == waiting


def test_a_door_of_its_own_shows_only_predictions_and_says_who_answers_for_it(tmp_path: Path) -> None:
    objects = found(tmp_path, ALONE, expose=EXPOSED)
    public = objects["Service/iris-public"]
    assert public["spec"]["type"] == "LoadBalancer"
    assert public["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    assert public["metadata"]["annotations"] == {"policy.slipway/service-exposure": "science: shown at a conference"}
    assert "type" not in objects["Service/iris"]["spec"]
    from_anywhere = [rule for rule in objects["NetworkPolicy/iris"]["spec"]["ingress"] if "from" not in rule]
    assert from_anywhere == [{"ports": [{"protocol": "TCP", "port": "http"}]}]


def test_a_candidate_behind_that_door_is_let_in_too(tmp_path: Path) -> None:
    objects = found(tmp_path, ALONE, expose=EXPOSED, replicas=4, traffic=CANARY)
    assert chosen(objects, "iris-public") == {"iris", "iris-candidate"}
    assert any("from" not in rule for rule in objects["NetworkPolicy/iris-candidate"]["spec"]["ingress"])


def test_nobody_from_outside_is_let_in_without_it(tmp_path: Path) -> None:
    objects = found(tmp_path, ALONE, route=BY_INGRESS)
    assert all("from" in rule for rule in objects["NetworkPolicy/iris"]["spec"]["ingress"])


def test_what_is_wrong_with_the_candidate_alone_is_said_there(tmp_path: Path) -> None:
    elsewhere = {"models": {"iris": {"artefact": None, "uri": "https://example.com/iris"}}}
    context = Context(conventions=Conventions(sources=("s3://models",)))
    told = stack(tmp_path, replicas=4, traffic={"canary": {"weight": 25, "candidate": elsewhere}}).mistakes(context)
    assert [each.path for each in told] == [("traffic", "canary", "candidate", "models", "iris", "uri")]


@pytest.mark.parametrize(
    ("context", "choices", "words"),
    [
        (ALONE, {"traffic": HEADER}, "traffic.ab: header x-version: b: a Service alone tells no request from another"),
        (ALONE, {"traffic": SHADOW}, "a copy of 100 % of requests: a Service alone"),
        (EDGE, {"traffic": SHADOW}, "a Service alone tells no request from another and copies none"),
        (EDGE, {"traffic": COOKIE, "route": ROUTE}, "traffic.ab.cookie: only Istio's gateway finds cookies"),
        (ALONE, {"traffic": CANARY}, "25 % of requests cannot be had with replicas: 1, 100 % can"),
        (ALONE, {"traffic": CANARY, "autoscaling": {"max_replicas": 4}}, "autoscaling changes them. Say replicas"),
        (
            ALONE,
            {"replicas": 4, "traffic": {"canary": {"weight": 25, "candidate": {"replicas": 2}}}},
            "traffic.canary.candidate.replicas: without a gateway they follow from the weight",
        ),
        (
            ALONE,
            {"replicas": 4, "traffic": {"canary": {"steps": [25, 60], **CANDIDATE}}},
            "60 % of requests cannot be had with replicas: 4, 50 % can",
        ),
        (MESH, {"expose": EXPOSED}, "expose: who calls from outside speaks no mutual TLS"),
        (MESH, {"route": BY_INGRESS}, "route.ingress_class: class nginx speaks no mutual TLS"),
        (
            MESH,
            {"route": {**ROUTE, "ingress_class": "istio"}, "traffic": CANARY},
            "route.ingress_class: leads past what shares",
        ),
        (ALONE, {"route": ROUTE}, "route: no gateway of this environment carries out an HTTPRoute"),
        (
            ALONE,
            {"autoscaling": {"max_replicas": 3, "metrics": [{"kind": "pods", "name": "waiting", "target": "5"}]}},
            "autoscaling.metrics: no adapter of this cluster serves them",
        ),
    ],
)
def test_what_an_environment_cannot_do_is_refused(
    tmp_path: Path, context: Context, choices: dict[str, Any], words: str
) -> None:
    (mistake,) = stack(tmp_path, **choices).mistakes(context)
    assert words in str(mistake)


@pytest.mark.parametrize(
    ("context", "choices", "needs"),
    [
        (ALONE, {"replicas": 4, "traffic": CANARY}, ()),
        (EDGE, {"route": ROUTE}, (GatewayApi,)),
        (MESH, {"traffic": HEADER}, (Istio, GatewayApi)),
        (NGINX, {"route": {**BY_INGRESS, "issuer": "acme"}}, (CertManager,)),
        (ALONE, {"route": {**ROUTE, "ingress_class": "istio"}}, (Istio,)),
        (ALONE, {"expose": EXPOSED}, (Metallb,)),
        (Context(traits=Traits(load_balancer=True)), {"expose": EXPOSED}, ()),
    ],
)
def test_it_waits_for_what_opens_it(
    tmp_path: Path, context: Context, choices: dict[str, Any], needs: tuple[type[Addon], ...]
) -> None:
    assert set(stack(tmp_path, **choices).needs(context)) == set(needs)


def test_one_place_leads_to_one_stack(tmp_path: Path) -> None:
    two = tuple(stack(tmp_path, name, route=BY_INGRESS) for name in ("iris", "wine"))
    with pytest.raises(Invalid, match=r"models\.wine: is the host models\.example\.it, as 'iris' is"):
        list(Environment(stacks=two).units(NGINX))
    apart = (two[0], stack(tmp_path, "wine", route={**BY_INGRESS, "path": "/wine"}))
    assert len(list(Environment(stacks=apart).units(NGINX))) == 2


def test_an_add_on_and_a_stack_do_not_share_a_host(tmp_path: Path) -> None:
    served = stack(tmp_path, route={**BY_INGRESS, "host": "nginx.example.it"})
    both = Environment(addons=(HelloNginx(ingress_class="nginx"),), stacks=(served,))
    with pytest.raises(Invalid, match=r"is the host nginx\.example\.it, as 'hello_nginx' is"):
        list(both.units(NGINX))


def test_no_other_stack_is_called_as_a_candidate_is(tmp_path: Path) -> None:
    two = (stack(tmp_path, replicas=4, traffic=CANARY), stack(tmp_path, "iris-candidate"))
    with pytest.raises(Invalid, match="is the model stack iris-candidate, as 'iris' is"):
        list(Environment(stacks=two).units(ALONE))


def test_volumes_that_versions_share_are_made_once(tmp_path: Path) -> None:
    volumes = {"store": {"size": "1Gi", "storage_class": "files"}}
    objects = found(tmp_path, ALONE, replicas=4, traffic=CANARY, shared_volumes=volumes)
    claims = [each for each in objects.values() if each["kind"] == "PersistentVolumeClaim"]
    assert [each["metadata"]["labels"]["app.kubernetes.io/name"] for each in claims] == ["iris"]
