"""Mutual TLS between pods, spoken for them by their nodes: Istio's ambient mode, no container beside the model's.

https://istio.io/latest/docs/ambient/architecture/data-plane/
"""

from typing import Any

from components.unit import KubernetesObject

AMBIENT = {"istio.io/dataplane-mode": "ambient"}
"""The labels of a pod whose connections the node's ztunnel carries."""
TUNNEL_PORT = 15008
"""Where a pod of the mesh is called by another: what a NetworkPolicy sees in place of the pod's own ports."""
PROBES = "169.254.7.127/32"
"""Whom the kubelet's probes of such a pod seem to come from."""


def openings(ports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a NetworkPolicy that lets callers in at `ports` opens besides, for a pod of the mesh.

    https://istio.io/latest/docs/ambient/usage/networkpolicy/
    """
    tunnel = {"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": TUNNEL_PORT}]}
    return [tunnel, {"from": [{"ipBlock": {"cidr": PROBES}}], "ports": ports}]


def only_mutual_tls(
    metadata: dict[str, Any], selector: dict[str, str], except_ports: tuple[int, ...] = ()
) -> KubernetesObject:
    """Refuses plain text at the pods of `selector`, save at `except_ports`; the kubelet's probes always pass."""
    exceptions = {str(port): {"mode": "PERMISSIVE"} for port in except_ports}
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": selector},
            "mtls": {"mode": "STRICT"},
            **({"portLevelMtls": exceptions} if exceptions else {}),
        },
    }
