"""Roles that Azure builds in, and giving them.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

import pulumi
from pulumi_azure_native import authorization, containerservice

from components.azure.place import Place
from components.azure.resource_ids import role

ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
STORAGE_BLOB_DATA_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


def give(
    place: Place,
    name: str,
    definition: str,
    *,
    to: pulumi.Input[str],
    scope: pulumi.Input[str],
    condition: str | None = None,
) -> authorization.RoleAssignment:
    """Give a role to a managed identity (its principal id) on exactly `scope`, under an ABAC condition or none."""
    return authorization.RoleAssignment(
        name,
        scope=scope,
        role_definition_id=role(place.subscription, definition),
        principal_id=to,
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        condition=condition,
        condition_version="2.0" if condition else None,
        opts=place.child(delete_before_replace=True),
    )


def pull(place: Place, cluster: containerservice.ManagedCluster, registry: str) -> authorization.RoleAssignment:
    """Let the cluster's nodes pull images from a registry (its resource id)."""
    nodes = cluster.identity_profile.apply(lambda known: (known or {})["kubeletidentity"].object_id or "")
    return give(place, f"{place.name}-registry", ACR_PULL, to=nodes, scope=registry)
