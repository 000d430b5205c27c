"""The servers that the add-on installs, by format and protocol: names of ClusterServingRuntimes."""

from typing import Literal

from components.model import Format

Protocol = Literal["v1", "v2"]

MLSERVER, TRITON = "kserve-mlserver", "kserve-tritonserver"
HUGGING_FACE = "kserve-huggingfaceserver"
SERVERS: dict[Format, dict[Protocol, str]] = {
    "huggingface": {"v2": HUGGING_FACE, "v1": HUGGING_FACE},
    "lightgbm": {"v2": MLSERVER, "v1": "kserve-lgbserver"},
    "mlflow": {"v2": MLSERVER},
    "onnx": {"v2": TRITON},
    "pytorch": {"v2": TRITON},
    "sklearn": {"v2": MLSERVER, "v1": "kserve-sklearnserver"},
    "tensorflow": {"v1": "kserve-tensorflow-serving", "v2": TRITON},
    "tensorrt": {"v2": TRITON},
    "xgboost": {"v2": MLSERVER, "v1": "kserve-xgbserver"},
}
"""The first protocol of a format is the one that is spoken where a stack says none."""
NAMES = frozenset(name for spoken in SERVERS.values() for name in spoken.values())
FORMATS: dict[Format, str] = {format: format for format in SERVERS}
METRICS = {
    HUGGING_FACE: 8080,
    MLSERVER: 8082,
    TRITON: 8002,
    "kserve-lgbserver": 8080,
    "kserve-sklearnserver": 8080,
    "kserve-xgbserver": 8080,
}
"""The port of each server's /metrics; TensorFlow Serving is not told to have any."""
HTTP = 8080
"""Where every server of KServe's takes requests."""


def protocol(format: Format, said: Protocol | None) -> Protocol:
    """What a model of `format` speaks."""
    return said or next(iter(SERVERS.get(format, ())), "v2")


def probe_path(server: str, name: str, protocol: Protocol) -> str:
    """What answers 200 once the model called `name` is loaded. Triton calls its models as their folders."""
    if server == TRITON:
        return "/v2/health/ready"
    return f"/v2/models/{name}/ready" if protocol == "v2" else f"/v1/models/{name}"
