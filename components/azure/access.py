"""How people and programs reach the API server."""

import base64
from typing import Any

import pulumi
import yaml
from pulumi_azure_native import containerservice as aks

from components.azure.place import Place
from components.kubeconfig import by_command

ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application of every AKS API server. Source: https://azure.github.io/kubelogin/concepts/aks.html"""


def kubeconfig(place: Place, cluster: aks.ManagedCluster) -> pulumi.Output[str]:
    """A kubeconfig that asks the Azure CLI who is there.

    What AKS gives to users names the server and its CA. It has no secret, and an admin's is never asked for.
    """
    given = aks.list_managed_cluster_user_credentials_output(
        format="exec",
        resource_group_name=place.group,
        resource_name=cluster.name,
        opts=pulumi.InvokeOutputOptions(provider=place.provider),
    )
    server = given.apply(lambda known: _cluster(known.kubeconfigs[0].value))
    return by_command(
        place.name,
        server=server.apply(lambda known: str(known["server"])),
        authority=server.apply(lambda known: str(known["certificate-authority-data"])),
        command="kubelogin",
        arguments=("get-token", "--login", "azurecli", "--server-id", ENTRA_SERVER),
        hint="kubelogin asks the Azure CLI for a token: https://azure.github.io/kubelogin/install.html",
    )


def _cluster(encoded: str) -> dict[str, Any]:
    """The one cluster of a kubeconfig in base64."""
    found: dict[str, Any] = yaml.safe_load(base64.b64decode(encoded))["clusters"][0]["cluster"]
    return found
