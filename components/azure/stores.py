"""Identities of service accounts, and what they may read."""

from collections.abc import Iterable

import pulumi
from pulumi_azure_native import managedidentity

from components.azure import roles
from components.azure.place import Place
from components.azure.resource_ids import container
from components.cluster import Identity
from components.location.store import Grant, store

AUDIENCE = "api://AzureADTokenExchange"
_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


def reader(place: Place, issuer: pulumi.Input[str], namespace: str, grant: Grant, *, store_group: str) -> Identity:
    """An identity that only this service account can take, which reads its stores and nothing else.

    `issuer` is the cluster's OIDC issuer; the storage accounts stand in the resource group `store_group`.
    """
    name = f"{namespace}_{grant.account}"
    identity = managedidentity.UserAssignedIdentity(
        f"{place.name}-{name}",
        resource_group_name=place.group,
        location=place.location,
        resource_name_=name,
        tags=place.tags,
        opts=place.child(),
    )
    trust = managedidentity.FederatedIdentityCredential(
        f"{place.name}-{name}",
        resource_group_name=place.group,
        resource_name_=identity.name,
        federated_identity_credential_resource_name="kubernetes",
        issuer=issuer,
        subject=f"system:serviceaccount:{namespace}:{grant.account}",
        audiences=[AUDIENCE],
        opts=place.child(),
    )
    rights = [
        roles.give(
            place,
            f"{place.name}-{name}-{account}-{bucket}",
            roles.STORAGE_BLOB_DATA_READER,
            to=identity.principal_id,
            scope=container(place.subscription, store_group, account, bucket),
            condition=condition(prefixes),
        )
        for (account, bucket), prefixes in _containers(grant).items()
    ]
    return Identity({"azure.workload.identity/client-id": identity.client_id}, (trust, *rights))


def _containers(grant: Grant) -> dict[tuple[str, str], list[str]]:
    """The prefixes that are read of each (account, container): an identity has a role on a container only once."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in map(store, grant.stores):
        found.setdefault((each.account, each.bucket), []).append(each.prefix)
    return found


def condition(prefixes: Iterable[str]) -> str | None:
    """The ABAC condition that keeps a reader to what lies at or below these prefixes; None where one is empty.

    Source: https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples
    """
    known = sorted(set(prefixes))
    if "" in known:
        return None
    read = f"!(ActionMatches{{'{_BLOB}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})"
    listed = f"!(ActionMatches{{'{_BLOB}/read'}} AND SubOperationMatches{{'Blob.List'}})"
    return f"(({read}) OR ({_below(f'@Resource[{_BLOB}:path]', known)})) AND " + (
        f"(({listed}) OR ({_below(f'@Request[{_BLOB}:prefix]', known)}))"
    )


def _below(attribute: str, prefixes: Iterable[str]) -> str:
    tests = ((f"{attribute} StringEquals '{each}'", f"{attribute} StringStartsWith '{each}/'") for each in prefixes)
    return " OR ".join(test for pair in tests for test in pair)
