"""Who the pods of KServe's resources are, who may call them, and whom they call."""

from collections.abc import Iterable, Iterator
from typing import Any

from components import access
from components.context import Collector
from components.network_policy import Rules, to_collector
from components.unit import KubernetesObject

SERVICE, GRAPH = "serving.kserve.io/inferenceservice", "serving.kserve.io/inferencegraph"
"""The labels by which KServe marks the pods of a resource."""
AGENT, GRPC = 9081, 9000
"""Where the agent of a logger or batcher takes requests, and where servers speak gRPC."""


def objects(
    metadata: dict[str, Any], mark: str, ports: tuple[int, ...], calls: Rules, meshed: bool, scraped: tuple[int, ...]
) -> list[KubernetesObject]:
    """The account of the pods that `mark` marks, and who may call them."""
    selector = {mark: str(metadata["name"])}
    return access.objects(metadata, selector, (*ports, *scraped), calls, meshed=meshed, scraped=scraped)


def opened(specs: Iterable[dict[str, Any]]) -> Iterator[int]:
    """Where containers that stacks spell themselves listen."""
    for spec in specs:
        for container in spec.get("containers", ()):
            yield from (each["containerPort"] for each in container.get("ports", ()))


def calls(name: str, among: bool, stores: Rules, logs: bool, traces: Collector | None) -> Rules:
    """What the pods of InferenceService `name` call; `among`: one another; `logs`: wherever copies of requests go."""
    return [
        *([{"to": [{"podSelector": {"matchLabels": {SERVICE: name}}}]}] if among else []),
        *stores,
        *([{"to": [{"namespaceSelector": {}}]}] if logs else []),
        *(to_collector(traces) if traces else []),
    ]


def comes_by_network(uri: str) -> bool:
    """Whether the pods themselves fetch a model."""
    return not uri.startswith(("oci://", "pvc://"))
