"""Whom the pods of a graph call, and who calls them."""

from typing import Any

from components import access
from components.context import Collector, Context
from components.location.uri import location
from components.network_policy import Rules, to_collector
from components.observability.traces import JAEGER_HTTP
from components.seldon import rules
from components.seldon.graph import Graph
from components.unit import KubernetesObject

HTTP, GRPC = 8000, 5001
"""Of the executor."""
FIRST_NODE, FIRST_GRPC, FIRST_METRICS = 9000, 9500, 6000
"""Of the first node; the next node has the next number. An explainer's is the first node's, too."""
OWN = "seldon-deployment-id"
"""The label by which the operator marks every pod of a deployment."""


def objects(
    metadata: dict[str, Any], nodes: tuple[Graph, ...], direct: bool, calls: Rules, meshed: bool
) -> list[KubernetesObject]:
    """The account of its pods, and who may call them: the cluster the executor and metrics, one another everything.

    `direct`: the cluster may call the first node and explainers, which have no executor before them, as well.
    """
    selector = {OWN: str(metadata["name"])}
    scraped = tuple(range(FIRST_METRICS, FIRST_METRICS + len(nodes)))
    called = (HTTP, GRPC, *((FIRST_NODE, FIRST_GRPC) if direct else ()))
    among = {"podSelector": {"matchLabels": selector}}
    ports, reached = (*called, *scraped), [{"to": [among]}, *calls]
    account, policy, *strict = access.objects(metadata, selector, ports, reached, meshed=meshed, scraped=scraped)
    policy["spec"]["ingress"].append({"from": [among]})
    return [account, policy, *strict]


def calls(nodes: tuple[Graph, ...], context: Context, stores: Rules, brokers: tuple[int, ...]) -> Rules:
    """What its pods call besides one another: `stores` where they fetch models, `brokers` at the ports of Kafka's."""
    traces = context.conventions.traces
    return [
        *(stores if any(map(_fetches, nodes)) else []),
        *([{"to": [{"namespaceSelector": {}}]}] if any(each.logger for each in nodes) else []),
        *([{"ports": [{"protocol": "TCP", "port": port} for port in brokers]}] if brokers else []),
        *(to_collector(traces.model_copy(update={"port": JAEGER_HTTP})) if traces else []),
    ]


def tracing(name: str, traces: Collector | None) -> dict[str, str]:
    """The executor's variables for sending spans, by the Jaeger clients' own protocol, as `name`."""
    if not traces:
        return {}
    address = traces.model_copy(update={"port": JAEGER_HTTP}).address
    sampling = {"JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "1"}
    return {"JAEGER_ENDPOINT": f"{address}/api/traces", "JAEGER_SERVICE_NAME": name, **sampling}


def _fetches(node: Graph) -> bool:
    """Whether its model comes over the network."""
    if uri := node.model.uri if node.model else None:
        return location(uri).scheme != "pvc"
    return bool(rules.server(node)) and not (node.model_uri or "").startswith("pvc://")
