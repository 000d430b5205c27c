"""The model servers that Seldon Core brings along, and which protocols each speaks."""

from components.addons.seldon_core import OWN_SERVERS, SERVERS
from components.model import Format

FORMATS: dict[Format, str] = {
    "huggingface": "HUGGINGFACE_SERVER",
    "mlflow": "MLFLOW_SERVER",
    "onnx": "TRITON_SERVER",
    "pytorch": "TRITON_SERVER",
    "sklearn": "SKLEARN_SERVER",
    "tensorflow": "TENSORFLOW_SERVER",
    "tensorrt": "TRITON_SERVER",
    "xgboost": "XGBOOST_SERVER",
}
"""What each format is served by. Triton reads a whole model repository."""

_PROTOCOL = ".protocols."
PAIRS = frozenset(tuple(place.split(_PROTOCOL)) for place in (*SERVERS, *OWN_SERVERS))
NAMES = tuple(sorted({server for server, _ in PAIRS}))
DOOR = "Seldon opens its graphs itself, at Istio's gateway, below /seldon. Say host"
SELF_FETCHING = "HUGGINGFACE_SERVER"
"""Gets its model from the hub, and needs no modelUri."""


def protocols(server: str) -> tuple[str, ...]:
    """The protocols for which there is an image of `server`; none where it is not known."""
    return tuple(sorted(protocol for name, protocol in PAIRS if name == server))


def spoken(protocol: str | None) -> str:
    """The protocol by the name that the servers' table uses."""
    return {None: "seldon", "kfserving": "v2"}.get(protocol, str(protocol))
