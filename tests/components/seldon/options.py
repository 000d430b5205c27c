"""SeldonDeployments as stacks say them: the plain one, and one for each choice."""

from pathlib import Path
from typing import Any

from components.runtimes.seldon import Seldon
from components.seldon.component import by_cpu
from model_stacks.iris_graph import STACK

Fields = dict[str, Any]
NODES = Path(__file__).parents[3] / "model_nodes"
SERVER: Fields = {"name": "clf", "implementation": "SKLEARN_SERVER", "model_uri": "s3://models/iris"}
CONTAINERS: Fields = {"spec": {"containers": [{"name": "clf", "image": "example.com/clf:1"}]}}
CUSTOM: Fields = {"graph": {"name": "clf"}, "components": [CONTAINERS]}
CPU: Fields = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
KAFKA = [
    {"name": name, "value": "a.kafka:9093,b.kafka"}
    for name in ("KAFKA_BROKER", "KAFKA_INPUT_TOPIC", "KAFKA_OUTPUT_TOPIC")
]


def predictor(name: str = "main", **fields: Any) -> Fields:
    """One with a model of Seldon's servers, unless `fields` say another graph."""
    return {"name": name, "graph": SERVER, **fields}


def fields(*predictors: Fields, **choices: Any) -> Fields:
    """A stack's, of one plain predictor unless others are given."""
    return {"name": "graph", "owner": "science", "predictors": list(predictors or (predictor(),)), **choices}


def stack(*predictors: Fields, **choices: Any) -> Seldon:
    """The stack of these fields."""
    return Seldon.model_validate(fields(*predictors, **choices))


def node(name: str, module: str = "mean", runs: str = "Mean", **given: Any) -> Fields:
    """A node of model_nodes/."""
    code = {"path": NODES / f"{module}.py"}
    return {"name": name, "node": {"code": code, "runs": runs}, **given}


def tree(kind: str, *children: Fields, **given: Any) -> Fields:
    """A node of a type with children."""
    return node(kind.lower().replace("_", "-"), type=kind, children=list(children), **given)


MODEL: Fields = {
    "format": "sklearn",
    "uri": "s3://models/iris",
    "size": "2Gi",
    "registered": "mlflow://iris/1",
    "sample": {},
    "answer": {"outputs": []},
}
LEAVES = ({**SERVER, "name": "a"}, {**SERVER, "name": "b"})
NODE: Fields = {
    **node("clf"),
    "node": {
        "code": {"path": NODES / "bandits.py"},
        "runs": "Thompson",
        "files": [{"path": NODES / "mean.py"}],
        "env": {"A": "b"},
        "image": "example.com/node:1",
        "startup_seconds": 120,
    },
}
EXPLAINER: Fields = {
    "type": "AnchorTabular",
    "model_uri": "gs://models/explainer",
    "config": {"threshold": "0.9"},
    "container_spec": {"name": "explain", "env": [{"name": "A", "value": "b"}]},
    "endpoint": {"service_port": 9000, "type": "REST"},
    "env_secret_ref_name": "keys",
    "service_account_name": "reader",
    "storage_initializer_image": "example.com/fetch:1",
    "replicas": 2,
}
EVERYTHING: Fields = {
    **SERVER,
    "parameters": [{"name": "n", "value": "2", "type": "INT"}, {"name": "deep", "value": "true", "type": "BOOL"}],
    "logger": {"mode": "all", "url": "http://logs.logging"},
    "endpoint": {"type": "REST", "http_port": 9000, "grpc_port": 9500, "service_host": "localhost", "service_port": 1},
    "service_account_name": "reader",
    "env_secret_ref_name": "keys",
    "storage_initializer_image": "example.com/fetch:1",
    "children": [{**SERVER, "name": "second"}],
}
NEXT: Fields = {**SERVER, "model_uri": "s3://models/iris/2"}
CANDIDATE: Fields = {"candidate": {"predictors": [predictor("candidate", graph=NEXT)]}}

OPTIONS: dict[str, Fields] = {
    "plain": fields(),
    "model": fields(
        predictor(graph={"name": "clf", "model": MODEL, "resources": {"cpu": "1", "cpu_limit": "4"}}),
        protocol="v2",
        credentials="keys",
        sample=None,
        answer=None,
    ),
    "gpu": fields(
        predictor(
            graph={
                "name": "net",
                "model": {"format": "onnx", "uri": "pvc://models/net"},
                "resources": {"cpu": "1", "memory": "8Gi", "gpus": 1},
            }
        ),
        protocol="v2",
    ),
    "hub": fields(predictor(graph={"name": "text", "implementation": "HUGGINGFACE_SERVER"}), protocol="kfserving"),
    "tensorflow": fields(
        predictor(graph={"name": "mnist", "implementation": "TENSORFLOW_SERVER", "model_uri": "gs://models/mnist"}),
        protocol="tensorflow",
    ),
    "custom": fields(predictor(**CUSTOM)),
    "every-node-field": fields(predictor(graph=EVERYTHING), transport="rest"),
    "node": fields(predictor(graph=NODE, components=[{"pdb_spec": {"max_unavailable": 1}}])),
    "methods": fields(predictor(graph={**node("clf"), "type": "UNKNOWN_TYPE", "methods": ["TRANSFORM_INPUT"]})),
    "router": fields(predictor(graph=tree("ROUTER", *LEAVES))),
    "transport": fields(predictor(graph=tree("COMBINER", *LEAVES)), transport="grpc"),
    "output": fields(predictor(graph=tree("OUTPUT_TRANSFORMER", LEAVES[0]))),
    "canary": fields(predictor(traffic=90), predictor("canary", traffic=10)),
    "shadow": fields(predictor(traffic=100), predictor("copy", shadow=True, traffic=0)),
    "traffic": fields(traffic={"canary": {"weight": 10, **CANDIDATE}}),
    "traffic-steps": fields(traffic={"canary": {"steps": [25, 50], "step": 1, **CANDIDATE}}),
    "traffic-ab": fields(traffic={"ab": {"weight": 30, **CANDIDATE}}),
    "traffic-shadow": fields(traffic={"shadow": {"copied": 30, **CANDIDATE}}),
    "traffic-blue-green": fields(traffic={"blue_green": {"live": "candidate", **CANDIDATE}}),
    "explainer": fields(predictor(explainer=EXPLAINER)),
    "explainer-v2": fields(predictor(explainer={"type": "TreeShap", "init_parameters": "{}"}), protocol="v2"),
    "autoscaling": fields(predictor(components=[{"hpa_spec": by_cpu(3), "pdb_spec": {"min_available": "50%"}}])),
    "hpa": fields(
        predictor(
            graph=node("clf"),
            components=[
                {
                    "metadata": {"name": "x", "labels": {"a": "b"}, "annotations": {"c": "d"}},
                    "hpa_spec": {
                        "minReplicas": 1,
                        "maxReplicas": 4,
                        "metricsv2": [{"type": "Resource", "resource": CPU}],
                    },
                }
            ],
        )
    ),
    "keda": fields(
        predictor(
            graph=node("clf"),
            components=[
                {"keda_spec": {"maxReplicaCount": 3, "triggers": [{"type": "cpu", "metadata": {"value": "70"}}]}}
            ],
        )
    ),
    "separate-pods": fields(
        predictor(
            graph=tree("ROUTER", node("a"), node("b")), components=[{"nodes": ["a"], "replicas": 2}, {"nodes": ["b"]}]
        )
    ),
    "alone": fields(predictor(annotations={"seldon.io/no-engine": "true"})),
    "orchestrator": fields(
        predictor(
            orchestrator={
                "env": [{"name": "SELDON_LOG_LEVEL", "value": "INFO"}],
                "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
                "replicas": 2,
            },
            ssl={"cert_secret_name": "tls"},
            labels={"version": "2", "team": "x"},
            annotations={"seldon.io/svc-name": "short"},
            replicas=2,
            progress_deadline_seconds=600,
        ),
        annotations={"seldon.io/engine-separate-pod": "true"},
    ),
    "kafka": fields(predictor(orchestrator={"env": KAFKA}), server_type="kafka"),
    "whole": fields(
        host="models.example.com",
        replicas=3,
        annotations={"seldon.io/rest-timeout": "1000"},
        object_labels={"team": "x"},
        spec_name="former",
        object_annotations={"note": "y"},
        cost_center="research",
        reads=["s3://models/iris"],
        server_type="rpc",
    ),
    "bare": fields(hardened=False),
    "longest": fields(predictor(name="p" * 31, graph={**SERVER, "name": "n" * 48}), name="s" * 31),
}


def stacks() -> dict[str, Seldon]:
    """Each by what it shows."""
    return {name: Seldon.model_validate(given) for name, given in OPTIONS.items()} | {"iris-graph": STACK}
