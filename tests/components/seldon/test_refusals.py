"""What is refused before a SeldonDeployment reaches the cluster, with object, fact and cure."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.runtimes.seldon import Seldon
from tests.components.seldon.options import (
    CONTAINERS,
    CUSTOM,
    EXPLAINER,
    KAFKA,
    LEAVES,
    NODES,
    SERVER,
    Fields,
    fields,
    node,
    predictor,
    tree,
)

SPLIT: Fields = {"name": "split", "implementation": "RANDOM_ABTEST", "children": list(LEAVES)}
MODEL: Fields = {"format": "sklearn", "uri": "s3://models/iris"}
HPA: Fields = {"maxReplicas": 3}


def graph(given: Fields, **choices: Any) -> Fields:
    return fields(predictor(graph=given), **choices)


def component(**given: Any) -> Fields:
    return fields(predictor(graph=node("clf"), components=[given]))


def model(**given: Any) -> Fields:
    return graph({"name": "clf", "model": {**MODEL, **given}}, protocol="v2")


NODE = {
    "leaf router": (graph(node("r", type="ROUTER")), "is a ROUTER with 0 children. Give it two or more"),
    "router of one": (graph(tree("ROUTER", LEAVES[0])), "is a ROUTER with 1 children"),
    "empty combiner": (graph(node("c", type="COMBINER")), "is a COMBINER without children. Put below it"),
    "leaf transformer": (graph(node("t", type="TRANSFORMER")), "is a TRANSFORMER at an end of the graph"),
    "leaf output": (graph(node("t", type="OUTPUT_TRANSFORMER")), "is a OUTPUT_TRANSFORMER at an end of the graph"),
    "thrown away": (graph(tree("TRANSFORMER", *LEAVES)), "has 2 children, of whose answers all but the first"),
    "two models below": (graph({**SERVER, "children": list(LEAVES)}), "has 2 children, of whose answers"),
    "no model_uri": (
        graph({"name": "clf", "implementation": "SKLEARN_SERVER"}),
        "has no model_uri, which SKLEARN_SERVER",
    ),
    "server as router": (
        graph({**SERVER, "type": "ROUTER", "children": list(LEAVES)}),
        "a server's model is always a MODEL",
    ),
    "unknown server": (
        graph({**SERVER, "implementation": "MY_SERVER"}),
        "which the add-on does not bring. Known: HUGG",
    ),
    "forgotten": (
        graph({"name": "m", "implementation": "SIMPLE_MODEL"}),
        "which the executor passes by. Write it as a node",
    ),
    "two sources": (graph({**SERVER, **node("clf")}), "says node and implementation. Keep one"),
    "two places": (
        graph({"name": "m", "model": MODEL, "model_uri": "s3://a"}, protocol="v2"),
        "says model and model_uri",
    ),
    "nothing called": (graph({**node("m"), "type": "UNKNOWN_TYPE"}), "has no methods: nothing of it is called"),
    "artefact": (model(uri=None, artefact={"path": NODES / "mean.py"}), "Seldon fetches models itself. Upload it"),
    "scheme": (model(uri="hf://org/model@main"), "has its model at hf://, and Seldon fetches gs, pvc, s3"),
    "digest": (model(sha256="0" * 64), "says sha256, which Seldon's fetching does not check"),
    "format": (model(format="lightgbm"), "runtime 'seldon' serves huggingface, mlflow,"),
    "split of three": (
        graph({**SPLIT, "children": [*LEAVES, SERVER]}),
        "has 3 children, and RANDOM_ABTEST chooses between",
    ),
    "split as router": (graph({**SPLIT, "type": "ROUTER"}), "would call a server that is not there"),
    "wrong ratio": (
        graph({**SPLIT, "parameters": [{"name": "ratioA", "value": "60", "type": "FLOAT"}]}),
        "needs one parameter, ratioA, between 0 and 1",
    ),
    "other ratio": (
        graph({**SPLIT, "parameters": [{"name": "ratio", "value": "0.6", "type": "FLOAT"}]}),
        "needs one parameter, ratioA",
    ),
    "no number": (
        graph({**SERVER, "parameters": [{"name": "n", "value": "two", "type": "INT"}]}),
        "has the parameter 'n' with 'two', which is no INT",
    ),
    "no boolean": (
        graph({**SERVER, "parameters": [{"name": "n", "value": "maybe", "type": "BOOL"}]}),
        "with 'maybe', which is no BOOL",
    ),
    "parameter twice": (
        graph({**SERVER, "parameters": [{"name": "n", "value": "1", "type": "INT"}] * 2}),
        "has the parameter 'n' 2 times. Keep one",
    ),
    "long name": (graph({**SERVER, "name": "n" * 49}), "should match pattern"),
    "no class": (graph(node("m", runs="Median")), "module 'mean.py' has no class 'Median'"),
    "no module": (
        graph({"name": "m", "node": {"code": {"path": NODES / "Containerfile"}, "runs": "A"}}),
        "no Python module",
    ),
}
PREDICTOR = {
    "no container": (graph({"name": "clf"}), "has node 'clf' with nothing that serves it. Give it model, node"),
    "other container": (
        fields(predictor(graph={"name": "other"}, components=[CONTAINERS])),
        "has node 'other' with nothing that serves it",
    ),
    "same name": (graph(tree("COMBINER", SERVER, SERVER)), "has 2 nodes called 'clf'. Rename one"),
    "container twice": (
        fields(predictor(graph={"name": "clf"}, components=[CONTAINERS, CONTAINERS])),
        "has more than one container for node 'clf'",
    ),
    "container and code": (
        fields(predictor(graph=node("clf"), components=[CONTAINERS, {}])),
        "has more than one container for node 'clf'",
    ),
    "component of nobody": (component(nodes=["a"]), "has a component for 'a', which is no node with a model or code"),
    "two components": (
        fields(predictor(graph=node("clf"), components=[{"nodes": ["clf"]}, {"nodes": ["clf"]}])),
        "has 2 components for node 'clf'",
    ),
    "two open ends": (
        fields(predictor(graph=node("clf"), components=[{}, {}])),
        "several components with neither spec",
    ),
    "empty component": (
        fields(predictor(components=[{}, {"spec": {"containers": []}}])),
        "has component 1 without a container, which Seldon passes by",
    ),
    "no engine": (
        fields(predictor(graph=tree("COMBINER", *LEAVES), annotations={"seldon.io/no-engine": "true"})),
        "has several nodes, which need the executor",
    ),
    "explainer of nothing": (fields(predictor(explainer={**EXPLAINER, "type": ""})), "Input should be 'AnchorTabular'"),
    "keda beside hpa": (
        component(hpa_spec=HPA, keda_spec={"triggers": []}),
        "hpa_spec and keda_spec exclude each other, and Seldon heeds one",
    ),
    "replicas beside hpa": (component(hpa_spec=HPA, replicas=2), "hpa_spec and replicas exclude each other"),
    "both metrics": (component(hpa_spec={**HPA, "metrics": [], "metricsv2": []}), "Seldon heeds metrics alone"),
    "bounds": (component(hpa_spec={"minReplicas": 4, "maxReplicas": 3}), "more minReplicas than maxReplicas"),
    "both bounds": (component(pdb_spec={"min_available": 1, "max_unavailable": 1}), "needs either min_available or"),
    "nodes and spec": (
        component(nodes=["clf"], **CONTAINERS),
        "nodes names what a pod is written for, and spec is one",
    ),
}
TOGETHER = {
    "no predictor": ({"name": "g", "owner": "o", "predictors": []}, "there is no predictor. Add one"),
    "same predictor": (fields(predictor(traffic=50), predictor(traffic=50)), "2 predictors called 'main'. Rename one"),
    "below 100": (fields(predictor(traffic=50), predictor("b", traffic=40)), "is 90 % together. Make it 100"),
    "no traffic": (fields(predictor(), predictor("b")), "is 0 % together. Make it 100"),
    "half for one": (fields(predictor(traffic=50)), "the only predictor that answers has traffic 50 %"),
    "half beside a shadow": (
        fields(predictor(traffic=50), predictor("b", shadow=True)),
        "has traffic 50 %. Leave it out",
    ),
    "over 100": (fields(predictor(traffic=150), predictor("b", traffic=-50)), "less than or equal to 100"),
    "two shadows": (
        fields(predictor(), predictor("b", shadow=True), predictor("c", shadow=True)),
        "2 shadows, and Seldon copies to one",
    ),
    "only a shadow": (fields(predictor(shadow=True)), "every predictor is a shadow. Let one answer"),
    "same service": (
        fields(
            predictor(traffic=50, annotations={"seldon.io/svc-name": "x"}),
            predictor("b", traffic=50, annotations={"seldon.io/svc-name": "x"}),
        ),
        "2 predictors with seldon.io/svc-name 'x'",
    ),
    "long service": (fields(predictor(name="p" * 32), name="s" * 31), "has 64 characters; Kubernetes allows 63"),
    "two budgets": (
        fields(
            predictor(traffic=50, components=[{"pdb_spec": {"min_available": 1}}]),
            predictor("b", traffic=50, components=[{"pdb_spec": {"min_available": 1}}]),
        ),
        "2 pdb_spec: each would hold for all pods, and then no node can be drained",
    ),
    "server and protocol": (
        fields(protocol="tensorflow"),
        "SKLEARN_SERVER has an image for protocol seldon and v2, not for tensorflow. Change protocol",
    ),
    "triton on its own": (
        graph({**SERVER, "implementation": "TRITON_SERVER"}),
        "TRITON_SERVER has an image for protocol v2, not for seldon",
    ),
    "tensorflow by v2": (
        graph({**SERVER, "implementation": "TENSORFLOW_SERVER"}, protocol="v2"),
        "TENSORFLOW_SERVER has an image for protocol seldon and tensorflow, not for v2",
    ),
    "code by v2": (graph(node("clf"), protocol="v2"), "Seldon's Python server speaks seldon, not v2"),
    "two transports": (
        graph({**SERVER, "endpoint": {"type": "GRPC"}, "children": [{**LEAVES[0], "endpoint": {"type": "REST"}}]}),
        "endpoints of type GRPC and REST, transport None. Say transport alone",
    ),
    "mixed transport": (
        graph({**SERVER, "endpoint": {"type": "REST"}}, transport="grpc"),
        "endpoints of type REST, transport grpc",
    ),
    "replicas of no executor": (
        fields(predictor(orchestrator={"replicas": 2})),
        "its executor is in the pod of its nodes, and has their replicas. Leave orchestrator's replicas out",
    ),
    "kafka": (
        fields(predictor(orchestrator={"env": KAFKA[:1]}), server_type="kafka"),
        "server_type kafka needs KAFKA_INPUT_TOPIC, KAFKA_OUTPUT_TOPIC. Add them",
    ),
    "timeout": (fields(annotations={"seldon.io/rest-timeout": "1s"}), "is '1s'. Give a whole number"),
    "mesh": (fields(annotations={"seldon.io/istio-gateway": "mesh"}), "mesh needs a host: Istio refuses '*' there"),
    "any host": (fields(host="*"), "must be a DNS name"),
    "nobody's keys": (fields(credentials="keys"), "is for nodes with a model, and there is none"),
    "host twice": (fields(host="a.example.com", annotations={"seldon.io/istio-host": "b"}), "Keep host"),
    "unknown field": (fields(predictor(grahp={})), "Extra inputs are not permitted"),
}
TABLE = {**NODE, **PREDICTOR, **TOGETHER}


@pytest.mark.parametrize("case", TABLE)
def test_it_is_refused_with_the_cure(case: str) -> None:
    given, told = TABLE[case]
    with pytest.raises(ValidationError, match=re.escape(told)):
        Seldon.model_validate(given)


def test_files_that_no_config_map_holds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_bytes(b"x" * (1 << 20))
    given = node("clf")
    large = {**given, "node": {**given["node"], "files": [{"path": tmp_path / "large.json"}]}}
    with pytest.raises(ValidationError, match=r"a ConfigMap holds 1,048,576\. Put them into the node's image"):
        Seldon.model_validate(graph(large))


def test_the_mistakes_of_all_predictors_are_told_at_once() -> None:
    given = fields(
        predictor(traffic=10), predictor(traffic=10), protocol="tensorflow", annotations={"seldon.io/rest-timeout": "x"}
    )
    with pytest.raises(ValidationError) as caught:
        Seldon.model_validate(given)
    for told in ("2 predictors called", "20 % together", "not for tensorflow", "Give a whole number"):
        assert told in str(caught.value)


def test_a_container_with_an_image_serves_what_no_image_of_seldon_does() -> None:
    given = {**CUSTOM, "graph": {**SERVER, "implementation": "TRITON_SERVER"}}
    assert Seldon.model_validate(fields(predictor(**given))).nodes[0].server == "TRITON_SERVER"


def test_a_parameter_of_triton_may_repeat() -> None:
    loaded = [{"name": "load_model", "value": name, "type": "STRING"} for name in ("a", "b")]
    given = {**SERVER, "implementation": "TRITON_SERVER", "parameters": loaded}
    assert len(Seldon.model_validate(graph(given, protocol="v2")).nodes[0].parameters) == 2
