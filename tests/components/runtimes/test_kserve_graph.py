"""What an InferenceGraph becomes, and what it refuses."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.addon import Addon
from components.addons.kserve import KServe as Operator
from components.addons.metrics_server import MetricsServer
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mesh import AMBIENT
from components.mistakes import mistakes
from components.runtimes.kserve import KServe
from components.runtimes.kserve_graph import KServeGraph
from components.unit import Namespace
from infra.graph.inference import mermaid
from tests.components.kserve import options
from tests.components.kserve.graph_options import CHOOSE, SPLIT, fields, node, service, stacks
from tests.samples import by_kind

PLAIN = Context()
MESHED = Context(conventions=Conventions(mesh=AMBIENT))
LOOSE = Context(conventions=Conventions(models=Namespace(name="models", pod_security="baseline")))
OPTIONS = stacks()
SCALER = "serving.kserve.io/autoscalerClass"


def graph(name: str, context: Context = PLAIN) -> Any:
    """The InferenceGraph of an option."""
    return by_kind(OPTIONS[name].objects(context))["InferenceGraph"]


def policy(name: str, context: Context = PLAIN) -> Any:
    return by_kind(OPTIONS[name].objects(context))["NetworkPolicy"]["spec"]


def refused(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        KServeGraph.model_validate(given)
    return "\n".join(map(str, mistakes(caught.value, KServeGraph)))


def test_a_graph_has_an_account_a_policy_and_its_nodes_as_kserve_spells_them() -> None:
    found = by_kind(OPTIONS["chain"].objects(PLAIN))
    assert sorted(found) == ["InferenceGraph", "NetworkPolicy", "ServiceAccount"]
    assert found["InferenceGraph"]["spec"] == {
        "serviceAccountName": "chain",
        "nodes": {
            "root": {
                "routerType": "Sequence",
                "steps": [
                    {"serviceName": "iris", "data": "$request", "dependency": "Soft"},
                    {
                        "serviceName": "wine",
                        "data": "$response",
                        "mapPredictionsToInstances": True,
                        "condition": "predictions.0",
                        "dependency": "Hard",
                    },
                    {"serviceUrl": "https://models.example.it/predict", "name": "last"},
                ],
            }
        },
    }


def test_a_weight_of_zero_is_said() -> None:
    assert [step["weight"] for step in graph("split")["spec"]["nodes"]["root"]["steps"]] == [90, 10, 0]


def test_what_its_router_says_itself_stays() -> None:
    spec = graph("heavy")["spec"]
    assert (spec["minReplicas"], spec["serviceAccountName"]) == (2, "other")


def test_its_router_is_called_at_its_port_and_calls_the_services_of_its_steps_alone() -> None:
    found = policy("all")
    assert found["podSelector"] == {"matchLabels": {"serving.kserve.io/inferencegraph": "chain"}}
    assert found["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 8080}]
    behind = {"key": "serving.kserve.io/inferenceservice", "operator": "In", "values": ["iris"]}
    other = {"matchLabels": {"kubernetes.io/metadata.name": "other"}}
    assert found["egress"][1:] == [
        {"to": [{"podSelector": {"matchExpressions": [behind]}}]},
        {"to": [{"namespaceSelector": other}]},
    ]


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://example.it/a", 80), ("https://example.it/a", 443), ("http://10.0.0.9:8000", 8000)],
)
def test_a_server_outside_is_called_at_its_port(url: str, port: int) -> None:
    stack = KServeGraph.model_validate(fields(node("Sequence", {"service_url": url}, {"service_url": url})))
    rules = by_kind(stack.objects(PLAIN))["NetworkPolicy"]["spec"]["egress"]
    assert rules[1:] == [{"ports": [{"protocol": "TCP", "port": port}]}]


def test_in_a_mesh_its_pods_take_and_speak_mutual_tls() -> None:
    found = by_kind(OPTIONS["plain"].objects(MESHED))
    assert found["PeerAuthentication"]["spec"]["mtls"] == {"mode": "STRICT"}
    assert AMBIENT.items() <= found["InferenceGraph"]["metadata"]["labels"].items()


def test_what_is_bare_is_the_graph_alone_and_no_part_of_a_mesh() -> None:
    (found,) = OPTIONS["bare"].objects(PLAIN)
    assert found["spec"].keys() == {"nodes"}
    assert "annotations" not in found["metadata"]
    meshed = LOOSE.model_copy(update={"conventions": LOOSE.conventions.model_copy(update={"mesh": AMBIENT})})
    (mistake,) = OPTIONS["bare"].mistakes(meshed)
    assert mistake.path == ("hardened",)
    assert mistake.message.startswith("leaves its router out of the mesh")
    labelled = KServeGraph.model_validate(fields(hardened=False, object_labels=AMBIENT))
    assert list(labelled.mistakes(meshed)) == []


def test_its_pods_need_a_namespace_that_takes_them() -> None:
    (mistake,) = OPTIONS["plain"].mistakes(PLAIN)
    assert mistake.message.endswith("Say kserve's `graphs: true`, which lowers it to baseline")
    for graphs, level in ((True, "baseline"), (False, "restricted")):
        assert Operator(graphs=graphs).conventions(Conventions()).models.pod_security == level
    assert list(OPTIONS["plain"].mistakes(LOOSE)) == []


@pytest.mark.parametrize(
    ("option", "needed"),
    [("plain", (Operator,)), ("heavy", (Operator, MetricsServer)), ("choose", (Operator,))],
)
def test_scaling_by_use_needs_its_metrics(option: str, needed: tuple[type[Addon], ...]) -> None:
    assert OPTIONS[option].needs(PLAIN) == needed
    assert OPTIONS[option].needs(Context(traits=Traits(metrics_api=True))) == (Operator,)


def test_the_models_behind_it_are_of_its_environment() -> None:
    addons = (Operator(graphs=True),)
    iris = KServe.model_validate(options.OPTIONS["plain"])

    def told(*behind: KServe) -> list[str]:
        with pytest.raises(Invalid) as caught:
            next(Environment(addons=addons, stacks=(OPTIONS["split"], *behind)).units(PLAIN))
        return [each.message for each in caught.value.mistakes if "calls" in each.message]

    assert told(iris) == [
        "calls InferenceService wine, which no stack of this environment is. Did you mean 'InferenceService iris'?"
    ]
    assert told()[0].endswith("Add that stack to models")


def test_it_is_asked_at_its_own_service() -> None:
    (endpoint,) = OPTIONS["plain"].endpoints(PLAIN)
    assert (endpoint.url, endpoint.sample) == ("http://chain.models.svc/", {"instances": []})


def test_its_picture_has_the_order_the_weights_and_the_conditions() -> None:
    drawn = mermaid(OPTIONS["tree"].picture())
    for expected in ('"2."| step_6', '"90 %"| step_3', "if @this", "root<br>sequence", "wine<br>KServe stack"):
        assert expected in drawn


@pytest.mark.parametrize(
    ("root", "told"),
    [
        (node("Sequence"), "root.steps: has 0, and needs at least 1"),
        (node("Sequence", {}), "goes to nothing. Say one of"),
        (node("Sequence", service(node_name="a")), "goes to service_name and node_name. Say one"),
        (node("Sequence", service(weight=1)), "steps[0].weight: no Sequence reads it"),
        (node("Sequence", service(condition="a")), "steps[0].condition: there is no answer before it"),
        (node("Sequence", service(data="$response")), "steps[0].data: there is no answer before it"),
        (
            node("Sequence", service(), service(map_predictions_to_instances=True)),
            "steps[1].map_predictions_to_instances: is sent the request",
        ),
        (node("Splitter", service(weight=60), service(weight=30)), "steps: their weights are 90 together. Make it 100"),
        (node("Splitter", service(weight=100), service()), "steps[1].weight: is required"),
        (node("Splitter", service(weight=150), service(weight=-50)), "steps[0].weight: must be at most 100; got 150"),
        (node("Splitter", service(weight=100, condition="a")), "steps[0].condition: no Splitter reads it"),
        (node("Splitter", service(weight=100, dependency="Hard")), "steps[0].dependency: no Splitter reads it"),
        (node("Ensemble", service(data="$response")), "steps[0].data: no Ensemble reads it"),
        (node("Ensemble", service(weight=50)), "steps[0].weight: no Ensemble reads it"),
        (node("Ensemble", service(name="1"), service()), "steps[1]: is called '1', as steps[0] is"),
        (node("Sequence", service(name="a"), service(name="a")), "steps[1]: is called 'a', as steps[0] is"),
        (node("Switch", service()), "steps[0].condition: is required"),
        (node("Switch", service(condition="@this"), service(condition="a")), "steps[1]: is never taken"),
        (node("Switch", service(condition="a"), service(condition="a")), "steps[1]: is never taken, for steps[0]"),
        (node("Switch", service(condition="a", dependency="Soft")), "steps[0].dependency: no Switch reads it"),
        (node("Sequence", service(), service(data="$response.predictions")), "'$request' or '$response'"),
        (node("Sequence", {"service_url": "http://iris/predict"}), "must be http://NAME.NAMESPACE.svc/PATH"),
        (node("Sequence", {"service_url": "grpc://a.b.svc/"}), "must be http://NAME.NAMESPACE.svc/PATH"),
        (node("Sequence", {"service_url": "http://me:secret@a.b.svc/"}), "must be http://NAME.NAMESPACE.svc/PATH"),
        (node("Sequence", {"service_url": "http://169.254.169.254/a"}), "link-local"),
    ],
)
def test_steps_that_kserve_would_refuse_or_ignore_are_refused(root: dict[str, Any], told: str) -> None:
    assert told in refused(fields(root=root))


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        ({"start": node("Sequence", service())}, "requests come in at the node 'root', and there is none"),
        ({"root": node("Sequence", {"node_name": "gone"})}, "root.steps[0].node_name: there is no node 'gone'"),
        (
            {"root": SPLIT, "b": CHOOSE, "a": SPLIT},
            "nodes.a: no step leads there. Name it in one, or leave it out\nnodes.b: no step",
        ),
        ({"root": node("Sequence", {"node_name": "root"})}, "round and round: root -> root"),
        (
            {
                "root": node("Sequence", {"node_name": "a"}),
                "a": node("Switch", {"node_name": "root", "condition": "a"}),
            },
            "round and round: root -> a -> root",
        ),
    ],
)
def test_nodes_that_a_request_cannot_walk_are_refused(nodes: dict[str, Any], told: str) -> None:
    assert told in refused({**fields(), "nodes": nodes})


@pytest.mark.parametrize(
    ("router", "told"),
    [
        ({"timeout": 9}, "router.timeout: does nothing without Knative. Say routerTimeouts"),
        ({"nodes": {}}, "router.nodes: has a field of its own"),
        ({"maxReplica": 2}, "router.maxReplica: KServe's resources have no such field. Did you mean 'maxReplicas'?"),
        ({"resources": {"claims": [{"name": "gpu"}]}}, "router.resources.claims: the operator copies limits"),
        ({"routerTimeouts": {"serviceClient": 60}}, "serviceClient: 60 s, and the router hangs up after 60"),
        ({"routerTimeouts": {"serviceClient": 9, "serverWrite": 5}}, "9 s, and the router hangs up after 5"),
        ({"minReplicas": 0}, "router.minReplicas: 0 becomes 1"),
        ({"minReplicas": 3, "maxReplicas": 2}, "router.maxReplicas: 2 is below minReplicas 3"),
        ({"scaleTarget": 50}, "router.scaleTarget: nothing scales without a maxReplicas"),
        ({"maxReplicas": 2, "scaleMetric": "rps"}, "router.scaleMetric: rps needs Knative, and CPU would decide"),
        ({"maxReplicas": 2, "scaleMetric": "memory"}, "router.scaleMetric: memory has no target"),
        ({"maxReplicas": 2, "scaleTarget": 0}, "router.scaleTarget: 0 % is none"),
    ],
)
def test_what_its_router_would_ignore_is_refused(router: dict[str, Any], told: str) -> None:
    assert told in refused(fields(router=router))


@pytest.mark.parametrize("seconds", [{"serverWrite": 0, "serviceClient": 90}, {"serviceClient": 59}])
def test_a_limit_below_the_routers_own_is_kept(seconds: dict[str, int]) -> None:
    assert KServeGraph.model_validate(fields(router={"routerTimeouts": seconds})).router["routerTimeouts"] == seconds


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"annotations": {SCALER: "keda"}}, f"annotations.{SCALER}: is 'keda'. Say one of hpa, none, external"),
        ({"annotations": {SCALER: "external"}, "router": {"minReplicas": 2}}, "external does not read it"),
        ({"annotations": {"autoscaling.knative.dev/target": "5"}}, "Slipway installs no Knative. Leave it out"),
        ({"annotations": {"serving.kserve.io/deploymentMode": "Knative"}}, "Say Standard, or leave it out"),
        ({"name": "x" * 59}, "name: has 59 characters; KServe's labels leave it 58"),
        ({"credentials": "keys"}, "credentials: the router reads no store"),
        ({"reads": ["s3://models/a"]}, "reads: the router reads no store"),
    ],
)
def test_what_nobody_would_read_is_refused(choices: dict[str, Any], told: str) -> None:
    assert told in refused({**fields(), **choices})
