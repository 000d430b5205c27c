"""What a Seldon stack becomes."""

from typing import Any

import pytest

from components.addon import Addon
from components.addons.istio import Istio
from components.addons.keda import Keda
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.addons.seldon_core import SeldonCore
from components.context import Collector, Context, Conventions, Opening, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mesh import AMBIENT
from components.node_pool import Machines
from components.unit import KubernetesObject
from tests.components.seldon.options import CUSTOM, node, predictor, stack, stacks
from tests.samples import by_kind

TRACES = Collector(namespace="tracing", service="collector", port=4317)
PLAIN = Context()
OPTIONS = stacks()


def deployment(name: str, context: Context = PLAIN) -> KubernetesObject:
    """The SeldonDeployment of an option."""
    return by_kind(OPTIONS[name].objects(context))["SeldonDeployment"]


def first(name: str, context: Context = PLAIN) -> Any:
    """Its first predictor."""
    return deployment(name, context)["spec"]["predictors"][0]


def test_a_model_of_seldons_servers_is_a_deployment_an_account_and_a_policy() -> None:
    found = by_kind(OPTIONS["plain"].objects(PLAIN))
    assert sorted(found) == ["NetworkPolicy", "SeldonDeployment", "ServiceAccount"]
    graph = {"name": "clf", "implementation": "SKLEARN_SERVER", "modelUri": "s3://models/iris"}
    named = {"app.kubernetes.io/name": "graph", "app.kubernetes.io/part-of": "graph"}
    labels = {**named, "slipway/owner": "science", "slipway/cost-center": "science"}
    assert found["SeldonDeployment"]["spec"] == {"predictors": [{"name": "main", "graph": graph, "labels": labels}]}


def test_a_format_becomes_a_server_an_identity_and_a_restricted_container() -> None:
    found = first("model")
    assert found["graph"] == {
        "name": "clf",
        "implementation": "SKLEARN_SERVER",
        "modelUri": "s3://models/iris",
        "serviceAccountName": "graph",
        "envSecretRefName": "keys",
    }
    ((container,),) = ((each["spec"]["containers"]) for each in found["componentSpecs"])
    assert "image" not in container
    assert container["resources"]["requests"]["ephemeral-storage"] == "2Gi"
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_a_node_of_ones_own_is_restricted_and_brings_its_code() -> None:
    found = by_kind(OPTIONS["hpa"].objects(PLAIN))
    pod = found["SeldonDeployment"]["spec"]["predictors"][0]["componentSpecs"][0]["spec"]
    (container,) = pod["containers"]
    assert container["command"] == ["seldon-core-microservice", "mean.Mean"]
    assert container["workingDir"] == "/mnt/nodes/clf"
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsUser"] == 8888
    volume = pod["volumes"][0]["configMap"]
    assert volume["name"] == found["ConfigMap"]["metadata"]["name"]
    assert volume["items"] == [{"key": "clf__mean.py", "path": "clf/mean.py"}]
    assert found["ConfigMap"]["binaryData"].keys() == {"clf__mean.py"}


def test_a_cluster_that_gives_user_ids_is_told_none() -> None:
    pod = first("hpa", Context(traits=Traits(assigns_user_ids=True)))["componentSpecs"][0]["spec"]
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_a_component_of_ones_own_stays_as_it_is() -> None:
    assert first("custom")["componentSpecs"] == [{"spec": CUSTOM["components"][0]["spec"]}]


def test_nodes_that_are_apart_are_in_components_of_their_own_and_the_rest_together() -> None:
    components = first("separate-pods")["componentSpecs"]
    names = [[each["name"] for each in component["spec"]["containers"]] for component in components]
    assert names == [["a"], ["b"], ["router"]]
    assert [component.get("replicas") for component in components] == [2, None, None]


def test_each_node_gets_only_its_own_pods_files() -> None:
    components = first("separate-pods")["componentSpecs"]
    items = [[each["path"] for each in part["spec"]["volumes"][0]["configMap"]["items"]] for part in components]
    assert items == [["a/mean.py"], ["b/mean.py"], ["router/mean.py"]]


@pytest.mark.parametrize(
    ("option", "learns"), [("router", True), ("separate-pods", True), ("iris-graph", False), ("output", False)]
)
def test_the_executor_tells_a_router_of_ones_own_which_child_was_asked(option: str, learns: bool) -> None:
    routing = [{"name": "SELDON_ENABLE_ROUTING_INJECTION", "value": "true"}]
    assert first(option).get("svcOrchSpec", {}).get("env", []) == (routing if learns else [])


def test_autoscaling_is_an_hpa_by_cpu() -> None:
    found = first("autoscaling")["componentSpecs"][0]
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
    assert found["hpaSpec"] == {
        "minReplicas": 1,
        "maxReplicas": 3,
        "metricsv2": [{"type": "Resource", "resource": cpu}],
    }
    assert found["pdbSpec"] == {"minAvailable": "50%"}


def test_a_host_is_what_the_operator_is_told() -> None:
    annotations = deployment("whole")["spec"]["annotations"]
    assert annotations == {"seldon.io/istio-host": "models.example.com", "seldon.io/rest-timeout": "1000"}


def test_spans_go_to_the_collector_by_the_protocol_that_the_executor_speaks() -> None:
    context = Context(conventions=Conventions(traces=TRACES))
    env = {each["name"]: each["value"] for each in first("orchestrator", context)["svcOrchSpec"]["env"]}
    assert env["JAEGER_ENDPOINT"] == "http://collector.tracing.svc:14268/api/traces"
    assert env["JAEGER_SERVICE_NAME"] == "graph"
    policy = by_kind(OPTIONS["orchestrator"].objects(context))["NetworkPolicy"]
    assert [port["port"] for rule in policy["spec"]["egress"] for port in rule.get("ports", [])][-1] == 14268


def test_what_the_user_says_of_the_executor_wins() -> None:
    env = [{"name": "JAEGER_ENDPOINT", "value": "http://mine"}]
    found = stack(predictor(orchestrator={"env": env})).objects(Context(conventions=Conventions(traces=TRACES)))
    told = found[-1]["spec"]["predictors"][0]["svcOrchSpec"]["env"]
    assert [each["value"] for each in told if each["name"] == "JAEGER_ENDPOINT"] == ["http://mine"]


def test_in_a_mesh_every_pod_speaks_mutual_tls_and_metrics_are_plain() -> None:
    context = Context(conventions=Conventions(mesh=AMBIENT))
    found = by_kind(OPTIONS["plain"].objects(context))
    assert AMBIENT.items() <= found["SeldonDeployment"]["spec"]["predictors"][0]["labels"].items()
    spec = found["PeerAuthentication"]["spec"]
    assert spec["selector"]["matchLabels"] == {"seldon-deployment-id": "graph"}
    assert spec["portLevelMtls"] == {"6000": {"mode": "PERMISSIVE"}}


def test_the_identity_of_a_store_is_on_the_pods_and_its_endpoint_is_open() -> None:
    traits = Traits(
        store_schemes=("s3",),
        identity_labels={"example.com/identity": "true"},
        identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),),
    )
    context = Context(traits=traits)
    assert first("whole", context)["labels"]["example.com/identity"] == "true"
    assert "169.254.170.23/32" in str(by_kind(OPTIONS["whole"].objects(context))["NetworkPolicy"])
    (grant,) = OPTIONS["whole"].unit(context).grants
    assert (grant.account, grant.stores) == ("graph", ("s3://models/iris",))


def test_what_is_bare_has_no_account_that_could_be_granted_anything() -> None:
    context = Context(traits=Traits(store_schemes=("s3",)))
    graph = {"name": "clf", "model": {"format": "sklearn", "uri": "s3://models/iris"}}
    for hardened, accounts in ((True, ["graph"]), (False, [])):
        found = stack(predictor(graph=graph), hardened=hardened)
        assert [each.account for each in found.unit(context).grants] == accounts


@pytest.mark.parametrize(
    ("option", "opened"),
    [
        ("plain", "'port': 443"),
        ("every-node-field", "{'to': [{'namespaceSelector': {}}]}"),
        ("kafka", "{'ports': [{'protocol': 'TCP', 'port': 9092}, {'protocol': 'TCP', 'port': 9093}]}"),
    ],
)
def test_its_pods_call_one_another_and_what_they_need(option: str, opened: str) -> None:
    policy = by_kind(OPTIONS[option].objects(PLAIN))["NetworkPolicy"]
    assert opened in str(policy)
    among = {"podSelector": {"matchLabels": {"seldon-deployment-id": "graph"}}}
    assert {"from": [among]} in policy["spec"]["ingress"]
    assert {"to": [among]} in policy["spec"]["egress"]


def test_code_that_fetches_nothing_calls_nobody_else() -> None:
    policy = by_kind(OPTIONS["hpa"].objects(PLAIN))["NetworkPolicy"]
    assert len(policy["spec"]["egress"]) == 2


def test_unhardened_it_is_the_deployment_alone_and_as_it_was_said() -> None:
    (found,) = OPTIONS["bare"].objects(Context(conventions=Conventions(mesh=AMBIENT, traces=TRACES)))
    graph = {"name": "clf", "implementation": "SKLEARN_SERVER", "modelUri": "s3://models/iris"}
    assert found["spec"] == {"predictors": [{"name": "main", "graph": graph}]}


@pytest.mark.parametrize(
    ("option", "context", "needed"),
    [
        ("plain", PLAIN, (SeldonCore,)),
        ("canary", PLAIN, (SeldonCore, Istio)),
        ("plain", Context(conventions=Conventions(mesh=AMBIENT)), (SeldonCore, Istio)),
        ("hpa", PLAIN, (SeldonCore, MetricsServer)),
        ("autoscaling", Context(traits=Traits(metrics_api=True)), (SeldonCore,)),
        ("keda", PLAIN, (SeldonCore, Keda)),
        ("gpu", PLAIN, (SeldonCore, NvidiaDevicePlugin)),
        ("gpu", Context(traits=Traits(gpu_devices=True)), (SeldonCore,)),
    ],
)
def test_it_needs_what_it_cannot_serve_without(option: str, context: Context, needed: tuple[type[Addon], ...]) -> None:
    assert OPTIONS[option].needs(context) == needed


@pytest.mark.parametrize(
    ("option", "url"),
    [
        ("plain", "http://graph-main.models.svc:8000/api/v1.0/predictions"),
        ("model", "http://graph-main.models.svc:8000/v2/models/clf/infer"),
        ("hub", "http://graph-main.models.svc:8000/v2/models/text/infer"),
        ("tensorflow", "http://graph-main.models.svc:8000/v1/models/mnist:predict"),
    ],
)
def test_it_is_called_as_its_protocol_says(option: str, url: str) -> None:
    (endpoint,) = OPTIONS[option].endpoints(PLAIN)
    assert (endpoint.model, endpoint.url) == ("graph", url)


def test_where_requests_are_shared_the_gateway_is_called_and_each_predictor_can_be() -> None:
    found = OPTIONS["canary"]
    assert found.url(PLAIN) == "http://istio-ingressgateway.istio-system.svc/seldon/models/graph"
    assert [(each.model, each.url.partition("/api")[0]) for each in found.endpoints(PLAIN)] == [
        ("graph", "http://graph-main.models.svc:8000"),
        ("graph-canary", "http://graph-canary.models.svc:8000"),
    ]


def test_a_service_of_another_name_is_called_by_it() -> None:
    assert OPTIONS["orchestrator"].url(PLAIN) == "http://short.models.svc:8000"


@pytest.mark.parametrize(("option", "opened"), [("alone", True), ("explainer", True), ("plain", False)])
def test_a_node_without_an_executor_and_an_explainer_are_called_themselves(option: str, opened: bool) -> None:
    policy = by_kind(OPTIONS[option].objects(PLAIN))["NetworkPolicy"]["spec"]
    assert (9000 in {port["port"] for port in policy["ingress"][0]["ports"]}) == opened
    assert OPTIONS["alone"].url(PLAIN) == "http://graph-main.models.svc:9000"


def test_every_store_is_read_whatever_nodes_are_called() -> None:
    graphs = [{"name": "clf", "model": {"format": "sklearn", "uri": f"s3://models/{n}"}} for n in "ab"]
    two = stack(*(predictor(n, graph=graph, traffic=50) for n, graph in zip("ab", graphs, strict=True)))
    assert two.stores == ("s3://models/a", "s3://models/b")


def test_what_a_node_says_of_its_identity_wins() -> None:
    said = {"service_account_name": "reader", "env_secret_ref_name": "own"}
    graph = {"name": "clf", "model": {"format": "sklearn", "uri": "s3://models/iris"}, **said}
    found = stack(predictor(graph=graph), credentials="keys").objects(PLAIN)[-1]["spec"]["predictors"][0]["graph"]
    assert (found["serviceAccountName"], found["envSecretRefName"]) == ("reader", "own")


def test_executors_apart_are_refused_in_a_mesh() -> None:
    (told,) = OPTIONS["orchestrator"].mistakes(Context(conventions=Conventions(mesh=AMBIENT)))
    assert told.path == ("annotations", "seldon.io/engine-separate-pod")
    assert "no node would answer" in told.message


def test_a_node_with_more_gpus_than_any_machine_is_refused() -> None:
    graph = {"name": "clf", "model": {"format": "sklearn", "uri": "s3://models/iris"}, "resources": {"gpus": 2}}
    (told,) = stack(predictor(graph=graph)).mistakes(Context(traits=Traits(node_pools={"serving": Machines()})))
    assert told.path == ("predictors", 0, "graph", "resources", "gpus")
    assert told.message == "machines of this cluster have 0 GPUs at most. Add a node pool with 2, or ask for fewer"


def test_several_predictors_without_a_gateway_are_refused() -> None:
    two = OPTIONS["canary"]
    with pytest.raises(Invalid, match="predictors: nothing here routes requests among 2 of them"):
        tuple(Environment(addons=(SeldonCore(istio=False), Istio()), stacks=(two,)).units(Context()))


def test_where_seldon_is_models_keep_the_baseline_standard() -> None:
    assert SeldonCore().conventions(Conventions()).models.pod_security == "baseline"


def test_the_summary_tells_shares_and_nodes() -> None:
    assert OPTIONS["shadow"].summary() == ("Seldon", "main: 100 %", "copy: shadow", *["sklearn server clf"] * 2)
    assert OPTIONS["iris-graph"].summary()[1:3] == ("transformer centimetres", "combiner species")


def test_two_predictors_may_have_nodes_of_the_same_name_and_other_code() -> None:
    two = stack(
        predictor(graph=node("clf"), traffic=50), predictor("b", graph=node("clf", "linear", "Linear"), traffic=50)
    )
    configs = [each for each in two.objects(PLAIN) if each["kind"] == "ConfigMap"]
    assert len({each["metadata"]["name"] for each in configs}) == 2


@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_said_is_all_that_is_written(option: str) -> None:
    """Whatever a stack is given, its emission says the same each time, and holds no default."""
    found = OPTIONS[option].objects(PLAIN)
    assert found == OPTIONS[option].objects(PLAIN)
    assert "None" not in str(found)
