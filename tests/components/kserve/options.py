"""InferenceServices as stacks say them: the plain one, and one for each choice."""

from typing import Any

from components.runtimes.kserve import KServe
from tests.components.server_choices import JWT, MARK, NGINX

Fields = dict[str, Any]
MODEL: Fields = {
    "format": "sklearn",
    "uri": "s3://models/iris",
    "size": "2Gi",
    "registered": "mlflow://iris/1",
    "sample": {},
    "answer": {"outputs": []},
}
SKLEARN: Fields = {"modelFormat": {"name": "sklearn"}, "storageUri": "gs://models/iris"}
CONTAINERS: Fields = {
    "containers": [{"name": "kserve-container", "image": "example.com/clf:1", "ports": [{"containerPort": 5000}]}]
}
KEDA = {"serving.kserve.io/autoscalerClass": "keda"}
QUEUE: Fields = {
    "type": "External",
    "external": {
        "metric": {"backend": "prometheus", "serverAddress": "http://prometheus:9090", "query": "sum(waiting)"},
        "target": {"type": "Value", "value": "5"},
    },
}
CPU: Fields = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}


def fields(predictor: Fields | None = None, **choices: Any) -> Fields:
    """A stack's, of one plain model unless `predictor` says another."""
    return {"name": "iris", "owner": "science", "predictor": predictor or {"model": MODEL}, **choices}


def spec(**said: Any) -> Fields:
    """The fields of a stack whose predictor says something beside its model."""
    return fields({"model": MODEL, "spec": said})


def canary(percent: int = 10, name: str = "next", **predictor: Any) -> Fields:
    """A version beside the stable one."""
    return {"name": name, "percent": percent, "predictor": predictor or {"model": {**MODEL, "uri": "s3://models/2"}}}


CANDIDATE: Fields = {"candidate": {"predictor": {"model": {"uri": "s3://models/2"}}}}
ROUTE: Fields = {"host": "models.example.it"}

OPTIONS: dict[str, Fields] = {
    "plain": fields(credentials="keys", cost_center="research", reads=["s3://models/other"]),
    "v1": fields({"model": MODEL, "protocol": "v1", "startup_seconds": 60}),
    "gpu": fields(
        {
            "model": {"format": "onnx", "uri": "pvc://models/net"},
            "resources": {"cpu": "1", "cpu_limit": "4", "memory": "8Gi", "gpus": 1},
        }
    ),
    "azure": fields({"model": {"format": "xgboost", "uri": "az://account1/models/trees"}}),
    "spelled": fields({"spec": {"model": SKLEARN, "minReplicas": 2}}),
    "legacy": fields({"spec": {"sklearn": {"storageUri": "gs://models/iris", "protocolVersion": "v2"}}}),
    "containers": fields({"spec": CONTAINERS}, sample={"inputs": []}, answer={"outputs": []}),
    "fetched": fields({"spec": {"model": {**SKLEARN, "storageUri": "hdfs://store/iris"}}}),
    "hpa": spec(minReplicas=1, maxReplicas=4, scaleMetric="cpu", scaleTarget=70),
    "keda": fields(
        {
            "model": MODEL,
            "spec": {
                "minReplicas": 0,
                "maxReplicas": 3,
                "autoScaling": {"metrics": [QUEUE], "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}}},
            },
        },
        annotations=KEDA,
    ),
    "logger": spec(logger={"mode": "all", "url": "http://logs.logging"}, batcher={"maxBatchSize": 8}),
    "transformer": fields(transformer={**CONTAINERS, "containerConcurrency": 4}),
    "explainer": fields(explainer=CONTAINERS),
    "canary": fields(canary=[canary(), canary(20, "third")], route=ROUTE),
    "traffic": fields(traffic={"canary": {"weight": 10, **CANDIDATE}}, route=ROUTE),
    "traffic-steps": fields(traffic={"canary": {"steps": [25, 50], "step": 1, **CANDIDATE}}, route=ROUTE),
    "traffic-ab": fields(traffic={"ab": {"weight": 30, **CANDIDATE}}, route=ROUTE),
    "traffic-header": fields(traffic={"ab": {"header": MARK, **CANDIDATE}}, route=ROUTE),
    "traffic-cookie": fields(traffic={"ab": {"cookie": MARK, **CANDIDATE}}, route=ROUTE),
    "traffic-shadow": fields(traffic={"shadow": {"copied": 30, **CANDIDATE}}, route=ROUTE),
    "traffic-blue-green": fields(traffic={"blue_green": {"live": "candidate", **CANDIDATE}}, route=ROUTE),
    "route": fields(route={**ROUTE, "path": "/iris", "strip_path": True, "timeout_seconds": 9, "jwt": JWT}),
    "ingress": fields(
        route={**NGINX, "tls_secret": "a", "basic_auth": "keys", "retries": {"attempts": 2, "posts_too": False}}
    ),
    "ingress-issuer": fields(route={**NGINX, "issuer": "acme", "requests_per_second": 9}),
    "runtime": fields(
        {"model": {"format": "catboost", "uri": "s3://models/cat"}, "runtime": "iris"},
        serving_runtime={
            "supportedModelFormats": [{"name": "catboost", "version": "1"}],
            "protocolVersions": ["v2"],
            **CONTAINERS,
        },
        object_labels={"team": "x"},
    ),
    "own-runtime": fields({"model": MODEL, "runtime": "own"}, annotations={"note": "x"}),
    "bare": fields(hardened=False),
}


def stacks() -> dict[str, KServe]:
    """Each by what it shows."""
    return {name: KServe.model_validate(given) for name, given in OPTIONS.items()}
