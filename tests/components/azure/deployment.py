"""An AKS cluster under mocks, with what Azure would say."""

import base64
from collections.abc import Callable
from typing import Any

import yaml

from components.clusters.aks import Aks
from tests.components.deployed import Deployed, deploy

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
ADMINS = "00000000-0000-0000-0000-000000000002"
REQUIRED: dict[str, Any] = {"subscription": SUBSCRIPTION, "location": "eastus2", "admin_groups": [ADMINS]}
SUBNET = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub/subnets/nodes"
)
REGISTRY = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.ContainerRegistry/registries/images"
ISSUER = "https://issuer.example.com/"
TOKEN = "a-token-that-must-go-nowhere"
USERS = {
    "clusters": [{"name": "x", "cluster": {"server": "https://x.azmk8s.io:443", "certificate-authority-data": "Q0E="}}],
    "users": [{"name": "x", "user": {"token": TOKEN}}],
}
KNOWN: dict[str, dict[str, Any]] = {
    "azure-native:resources:ResourceGroup": {"name": "slipway-dev"},
    "azure-native:network:VirtualNetwork": {"name": "slipway-dev"},
    "azure-native:network:PublicIPAddress": {"ipAddress": "198.51.100.7"},
    "azure-native:managedidentity:UserAssignedIdentity": {
        "name": "an-identity",
        "principalId": "a-principal",
        "clientId": "a-client",
    },
    "azure-native:containerservice:ManagedCluster": {
        "name": "slipway-dev",
        "identity": {"type": "UserAssigned"},
        "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
        "identityProfile": {"kubeletidentity": {"objectId": "the-nodes"}},
    },
    "azure-native:containerservice:listManagedClusterUserCredentials": {
        "kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(yaml.safe_dump(USERS).encode()).decode()}]
    },
}


def run(program: Callable[[], Any]) -> Deployed:
    """What `program` deploys, where Azure says what is `KNOWN`."""
    return deploy(program, known=KNOWN)


def aks(**choices: Any) -> Deployed:
    """What a cluster with these choices consists of."""
    return run(lambda: Aks("dev", Aks.Spec.model_validate({**REQUIRED, **choices})))
