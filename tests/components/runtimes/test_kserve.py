"""What a KServe stack becomes, and what it refuses."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.addon import Addon
from components.addons.keda import Keda
from components.addons.kserve import KServe as Operator
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Collector, Context, Conventions, Opening, Traits
from components.location.model_files import MODELS
from components.mesh import AMBIENT
from components.mistakes import mistakes
from components.runtimes.kserve import KServe
from tests.components.kserve.options import CONTAINERS, CPU, KEDA, MODEL, QUEUE, SKLEARN, canary, fields, spec, stacks
from tests.samples import by_kind

PLAIN = Context()
ROUTED = Context(conventions=Conventions(kserve_routes=True))
CLOUD = Context(
    traits=Traits(
        store_schemes=("s3",),
        identity_labels={"example.com/identity": "true"},
        identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),),
    ),
    conventions=Conventions(mesh=AMBIENT, traces=Collector(namespace="tracing", service="collector", port=4317)),
)
OPTIONS = stacks()
SCALER = "serving.kserve.io/autoscalerClass"


def service(name: str, context: Context = PLAIN) -> Any:
    """The InferenceService of an option."""
    return by_kind(OPTIONS[name].objects(context))["InferenceService"]


def predictor(name: str, context: Context = PLAIN) -> Any:
    return service(name, context)["spec"]["predictor"]


def test_a_model_is_a_service_an_account_and_a_policy() -> None:
    found = by_kind(OPTIONS["plain"].objects(PLAIN))
    assert sorted(found) == ["InferenceService", "NetworkPolicy", "ServiceAccount"]
    told = {"serving.kserve.io/deploymentMode": "Standard", "serving.kserve.io/secretName": "keys"}
    annotations = found["InferenceService"]["metadata"]["annotations"]
    assert json.loads(annotations.pop(MODELS))["iris"]["registered"] == "mlflow://iris/1"
    assert annotations == told
    model = found["InferenceService"]["spec"]["predictor"]["model"]
    assert model["modelFormat"] == {"name": "sklearn"}
    assert (model["runtime"], model["protocolVersion"]) == ("kserve-mlserver", "v2")
    assert model["storageUri"] == "s3://models/iris"
    assert model["resources"]["requests"]["ephemeral-storage"] == "2Gi"
    assert model["startupProbe"]["httpGet"] == {"path": "/v2/models/iris/ready", "port": 8080}


@pytest.mark.parametrize(
    ("option", "runtime", "path"),
    [
        ("v1", "kserve-sklearnserver", "/v1/models/iris"),
        ("gpu", "kserve-tritonserver", "/v2/health/ready"),
        ("azure", "kserve-mlserver", "/v2/models/iris/ready"),
    ],
)
def test_a_format_and_protocol_have_one_server_which_says_when_it_is_ready(
    option: str, runtime: str, path: str
) -> None:
    model = predictor(option)["model"]
    assert model["runtime"] == runtime
    assert model["readinessProbe"]["httpGet"]["path"] == path


def test_a_startup_takes_as_long_as_it_is_given() -> None:
    probe = predictor("v1")["model"]["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == 60


@pytest.mark.parametrize("option", ["plain", "spelled", "legacy", "containers"])
def test_every_pod_is_confined_has_no_token_and_an_account_of_its_own(option: str) -> None:
    pod = predictor(option)
    assert pod["serviceAccountName"] == "iris"
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_a_transformer_is_confined_too_and_may_call_its_predictor() -> None:
    found = by_kind(OPTIONS["transformer"].objects(PLAIN))
    assert found["InferenceService"]["spec"]["transformer"]["serviceAccountName"] == "iris"
    own = {"podSelector": {"matchLabels": {"serving.kserve.io/inferenceservice": "iris"}}}
    assert {"to": [own]} in found["NetworkPolicy"]["spec"]["egress"]


def test_callers_reach_the_ports_that_containers_say() -> None:
    policy = by_kind(OPTIONS["containers"].objects(PLAIN))["NetworkPolicy"]
    assert {"protocol": "TCP", "port": 5000} in policy["spec"]["ingress"][0]["ports"]


@pytest.mark.parametrize(("option", "fetches"), [("plain", True), ("fetched", True), ("gpu", False)])
def test_pods_call_stores_where_they_fetch(option: str, fetches: bool) -> None:
    policy = by_kind(OPTIONS[option].objects(PLAIN))["NetworkPolicy"]
    https = {"ports": [{"protocol": "TCP", "port": 443}]}
    assert (https in policy["spec"].get("egress", [])) == fetches


def test_what_is_bare_is_emitted_as_kserve_has_it() -> None:
    (found,) = OPTIONS["bare"].objects(PLAIN)
    assert found["spec"]["predictor"].keys() == {"model", "annotations"}
    assert "annotations" not in found["metadata"]


def test_what_is_bare_has_no_account_that_could_be_granted_anything() -> None:
    assert OPTIONS["bare"].unit(CLOUD).grants == ()
    assert [each.account for each in OPTIONS["plain"].unit(CLOUD).grants] == ["iris"]


def test_identity_mesh_and_spans_reach_the_pods() -> None:
    found = by_kind(OPTIONS["plain"].objects(CLOUD))
    pod = found["InferenceService"]["spec"]["predictor"]
    assert pod["labels"] == {"example.com/identity": "true", **AMBIENT}
    assert {"name": "MLSERVER_TRACING_SERVER", "value": "http://collector.tracing.svc:4317"} in pod["model"]["env"]
    assert found["PeerAuthentication"]["spec"]["portLevelMtls"] == {"8082": {"mode": "PERMISSIVE"}}


def test_a_server_of_ones_own_is_defined_before_it_is_used() -> None:
    kinds = [each["kind"] for each in OPTIONS["runtime"].objects(PLAIN)]
    assert kinds.index("ServingRuntime") < kinds.index("InferenceService")
    assert "readinessProbe" not in predictor("runtime")["model"]


def test_a_canary_is_a_predictor_with_a_share() -> None:
    first, second = service("canary", ROUTED)["spec"]["canary"]
    assert (first["predictor"]["name"], first["trafficPercent"]) == ("next", 10)
    assert first["predictor"]["model"]["storageUri"] == "s3://models/2"
    assert second["trafficPercent"] == 20


@pytest.mark.parametrize(
    ("option", "url"),
    [
        ("plain", "http://iris-predictor.models.svc/v2/models/iris/infer"),
        ("v1", "http://iris-predictor.models.svc/v1/models/iris:predict"),
        ("legacy", "http://iris-predictor.models.svc/v2/models/iris/infer"),
        ("transformer", "http://iris-transformer.models.svc/v2/models/iris/infer"),
    ],
)
def test_it_is_called_at_the_service_that_kserve_makes(option: str, url: str) -> None:
    (endpoint,) = OPTIONS[option].endpoints(PLAIN)
    assert endpoint.url == url


@pytest.mark.parametrize(
    ("option", "addons"),
    [
        ("plain", {Operator}),
        ("hpa", {Operator, MetricsServer}),
        ("keda", {Operator, Keda}),
        ("gpu", {Operator, NvidiaDevicePlugin}),
    ],
)
def test_it_needs_the_operator_and_what_scales_it(option: str, addons: set[type[Addon]]) -> None:
    assert set(OPTIONS[option].needs(PLAIN)) == addons


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "canary in percent": (spec(canaryTrafficPercent=10), "canaryTrafficPercent: does nothing without Knative"),
    "metric type": (spec(scaleMetricType="Utilization"), "scaleMetricType: does nothing"),
    "concurrency": (spec(containerConcurrency=4), "containerConcurrency: limits nothing"),
    "by requests": (spec(scaleMetric="rps"), "scaleMetric: rps needs Knative"),
    "memory without target": (spec(scaleMetric="memory"), "memory has no target"),
    "to zero by HPA": (spec(minReplicas=0), "predictor.spec.minReplicas: 0 becomes 1"),
    "transformer to zero": (
        fields(transformer={**CONTAINERS, "minReplicas": 0}),
        "transformer.minReplicas: 0 becomes 1",
    ),
    "bounds": (spec(minReplicas=3, maxReplicas=2), "minReplicas: 3 is above maxReplicas 2"),
    "two targets": (spec(scaleTarget=9, autoScaling={"metrics": [CPU]}), "scaleMetric and scaleTarget beside it"),
    "behaviour of HPA": (spec(autoScaling={"behavior": {}}), "behavior: only KEDA's class reads it"),
    "query by HPA": (spec(autoScaling={"metrics": [QUEUE]}), "metrics[0]: only Resource is read"),
    "KEDA by nothing": ({**spec(maxReplicas=2), "annotations": KEDA}, "keda needs metrics"),
    "KEDA's behaviour": (
        {
            **spec(autoScaling={"metrics": [QUEUE], "behavior": {"scaleUp": {"policies": []}}}),
            "annotations": KEDA,
        },
        "behavior.scaleUp: only stabilizationWindowSeconds is read, not policies",
    ),
    "scaled by others": ({**spec(minReplicas=2), "annotations": {SCALER: "external"}}, "leaves replicas to others"),
    "scaled by nobody": ({**spec(maxReplicas=2), "annotations": {SCALER: "none"}}, "none keeps minReplicas"),
    "unknown scaler": (fields(annotations={SCALER: "kpa"}), "Say one of hpa, keda"),
    "Knative": (fields(annotations={"serving.kserve.io/deploymentMode": "Knative"}), "installs no Knative"),
    "long names": (fields(name="x" * 54), "Service " + "x" * 54 + "-predictor has 64 characters"),
    "nothing": (fields({"spec": {"minReplicas": 1}}), "is served by nothing"),
    "two models": (fields({"model": MODEL, "spec": {"model": SKLEARN}}), "served by model and spec.model"),
    "resources of no model": (fields({"spec": CONTAINERS, "protocol": "v2"}), "predictor.protocol: is the model's"),
    "protocol": (
        fields({"model": {**MODEL, "format": "mlflow"}, "protocol": "v1"}),
        "predictor.protocol: mlflow is served by v2, not v1",
    ),
    "format": (fields({"model": {**MODEL, "format": "catboost"}}), "runtime 'kserve' serves"),
    "runtime unused": (fields(serving_runtime=CONTAINERS | {"supportedModelFormats": []}), "nothing runs in it"),
    "two keys": (
        fields(credentials="a", annotations={"serving.kserve.io/secretName": "b"}),
        "annotations.serving.kserve.io/secretName: says what credentials does as well",
    ),
    "canaries too many": (fields(canary=[canary(60), canary(50, "b")]), "110 % together"),
    "canaries alike": (fields(canary=[canary(), canary()]), "are not called apart"),
    "canary behind": (fields(canary=[canary()], transformer=CONTAINERS), "always calls the stable predictor"),
    "canary scaled": (
        fields(canary=[canary(spec={**CONTAINERS, "maxReplicas": 2})]),
        "KServe sets a canary's replicas",
    ),
    "canary of old": (
        fields(canary=[canary()], annotations={"serving.kserve.io/deploymentMode": "RawDeployment"}),
        "annotations.serving.kserve.io/deploymentMode: is 'RawDeployment', and KServe's webhook asks for Standard",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=REFUSED.keys())
def test_what_kserve_would_ignore_or_refuse_is_refused_with_a_cure(case: str) -> None:
    given, told = REFUSED[case]
    with pytest.raises(ValidationError, match=r"\. [A-Z]") as caught:
        KServe.model_validate(given)
    assert told in "\n".join(map(str, mistakes(caught.value, KServe)))


def test_a_limit_of_time_needs_a_gateway_of_kserves() -> None:
    stack = KServe.model_validate(spec(timeout=5))
    assert any("predictor.spec.timeout: only a gateway keeps it" in str(each) for each in stack.mistakes(PLAIN))
    assert list(stack.mistakes(ROUTED)) == []


def test_a_name_in_a_registry_waits_until_its_place_is_known() -> None:
    (told,) = KServe.model_validate(fields({"model": {**MODEL, "uri": "models:/iris@champion"}})).mistakes(PLAIN)
    assert told.path == ("predictor", "model", "uri")
    assert told.message.startswith("is the model's name in a registry, not its place. Say slipway:model_registry")


def test_models_come_from_where_the_environment_allows() -> None:
    allowed = Context(conventions=Conventions(sources=("s3://models",)))
    assert list(OPTIONS["plain"].mistakes(allowed)) == []
    (found,) = OPTIONS["spelled"].mistakes(allowed)
    assert found.path == ("predictor", "spec", "model", "storageUri")
    assert found.message.startswith("gs://models/iris is not among what this environment allows (s3://models)")
