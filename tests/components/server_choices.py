"""What tests choose about a model server, and the environments in which it can do something about that."""

from typing import Any

from components.context import Collector, Context, Conventions, Gateway, Opening, Traits
from components.mesh import AMBIENT
from components.unit import Namespace
from tests.schema.servers import CHOICES

Fields = dict[str, Any]

CANDIDATE: Fields = {"candidate": {"startup_seconds": 77}}
PACE: Fields = {"window_seconds": 60, "period_seconds": 30, "percent": 20, "pods": 7}
QUERY: Fields = {"query": "sum(waiting)", "target": 5, "wakes": 3}
METRIC: Fields = {"kind": "external", "name": "waiting", "target": "5", "labels": {"queue": "iris"}}
MARK: Fields = {"name": "x-version", "value": "b"}
JWT: Fields = {"issuer": "https://login.example.it", "jwks": "https://login.example.it/keys", "audiences": ["a"]}
NGINX: Fields = {"host": "models.example.it", "path": "/iris", "ingress_class": "nginx", "strip_path": True}
SERVERS: tuple[Fields, ...] = (
    {
        "reads": ["s3://models/a"],
        "credentials": "keys",
        "startup_seconds": 60,
        "image": "docker.io/seldonio/mlserver:1.7.1",
    },
    {"cost_center": "research", "shared_volumes": {"store": {"size": "1Gi", "storage_class": "files"}}},
    {"replicas": 3, "resources": {"cpu": "1", "cpu_limit": "2", "memory": "1Gi", "gpus": 1}},
    {"resources": {"gpus": 1}, "placement": {"pool": "a", "gpu": "nvidia-l4", "spot": True, "spare_gpus": True}},
    {"placement": {"node_labels": {"a": "b"}, "priority_class": "high"}},
    {"placement": {"tolerations": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}},
    {"autoscaling": {"min_replicas": 1, "max_replicas": 9, "cpu_percent": 50, "memory_percent": 50}},
    {"autoscaling": {"max_replicas": 9, "scale_up": PACE, "scale_down": PACE, "metrics": [METRIC]}},
    {"autoscaling": {"max_replicas": 9, "gpu_percent": 50, "requests_in_flight": 4}, "resources": {"gpus": 1}},
    {"autoscaling": {"min_replicas": 0, "max_replicas": 9, "queries": [QUERY]}},
    {"replicas": 4, "traffic": {"canary": {"weight": 50, **CANDIDATE}}},
    {"replicas": 4, "traffic": {"canary": {"steps": [25, 50], "step": 1, **CANDIDATE}}},
    {"replicas": 4, "traffic": {"ab": {"weight": 25, **CANDIDATE}}},
    {"traffic": {"ab": {"header": MARK, **CANDIDATE}}},
    {"traffic": {"ab": {"cookie": MARK, **CANDIDATE}}},
    {"traffic": {"shadow": {"copied": 50, **CANDIDATE}}},
    {"traffic": {"blue_green": {"live": "stable", **CANDIDATE}}},
    {"route": {"host": "models.example.it", "path": "/iris", "strip_path": True, "timeout_seconds": 9, "jwt": JWT}},
    {"route": {**NGINX, "tls_secret": "a", "basic_auth": "keys", "retries": {"attempts": 2, "posts_too": False}}},
    {"route": {**NGINX, "issuer": "acme", "requests_per_second": 9}},
    {"expose": {"load_balancer": "shown at a conference"}},
)
"""What every model server understands; together they say each of its fields."""
MODEL: Fields = {"uri": "s3://models/a/model"}
STARTS: dict[str, Fields] = {
    key: {"name": "iris", "owner": "science", "models": {"iris": {**MODEL, "format": format}}, "credentials": "keys"}
    for key, format in {
        "mlserver": "sklearn",
        "tf_serving": "tensorflow",
        "triton": "onnx",
        "vllm": "huggingface",
    }.items()
}
STARTS["container"] = {**STARTS["mlserver"], **CHOICES["container"]["plain"]}
"""The least that a stack of each runtime says."""

GATEWAY = Gateway(namespace="gateway-api", name="models", listener="http", istio=True)
CLOUD = Traits(
    store_schemes=("s3",), identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),), metrics_adapter=True
)
CONTEXTS = (
    Context(traits=CLOUD),
    Context(conventions=Conventions(profile="laptop", nginx_class="nginx")),
    Context(
        conventions=Conventions(
            gateway=GATEWAY,
            mesh=AMBIENT,
            traces=Collector(namespace="tracing", service="collector", port=4317),
            graph_routes=True,
            kserve_routes=True,
            models=Namespace(name="models", pod_security="baseline"),
        )
    ),
    Context(conventions=Conventions(gateway=GATEWAY.model_copy(update={"istio": False}))),
)
