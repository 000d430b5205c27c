"""Who may call the pods of a model, and whom they may call."""

from collections.abc import Iterable
from typing import Any

from components import mesh
from components.context import Collector, Opening
from components.network import in_namespace
from components.unit import KubernetesObject

Rules = list[dict[str, Any]]
DNS: Rules = [{"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}]
"""To look names up."""
_HTTPS: Rules = [{"ports": [{"protocol": "TCP", "port": 443}]}]


def network_policy(
    metadata: dict[str, Any],
    selector: dict[str, str],
    ports: Iterable[str | int],
    calls: Rules,
    meshed: bool,
    public: bool = False,
) -> KubernetesObject:
    """Pods of the cluster may call `ports`, with `public` anybody `http`; the model calls what `calls` opens."""
    opened = [{"protocol": "TCP", "port": name} for name in ports]
    tunnel = mesh.openings(opened) if meshed else []
    anybody = [{"ports": [{"protocol": "TCP", "port": "http"}]}] if public else []
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": {
            "podSelector": {"matchLabels": selector},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"namespaceSelector": {}}], "ports": opened}, *anybody, *tunnel],
            **({"egress": [*DNS, *calls]} if calls else {}),
        },
    }


def to_stores(identity: Iterable[Opening]) -> Rules:
    """Object stores, and where a pod gets its identity for them."""
    asked = (
        {"to": [{"ipBlock": {"cidr": each.cidr}}], "ports": [{"protocol": "TCP", "port": each.port}]}
        for each in identity
    )
    return [*_HTTPS, *asked]


def to_collector(traces: Collector) -> Rules:
    """Where spans are collected."""
    return [{"to": [in_namespace(traces.namespace)], "ports": [{"protocol": "TCP", "port": traces.port}]}]
