"""Who may do what in a project of Google's and a subscription of Microsoft's."""

import re
from collections.abc import Iterator
from functools import partial

from ...objects import Object, entries, get
from ...rule import Finding, ResourceRule, Severity

PROJECT = ("gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMBinding:IAMBinding")
GRANTS = (
    *PROJECT,
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:serviceaccount/iAMBinding:IAMBinding",
)
ANYBODY = ("allUsers", "allAuthenticatedUsers")
AZURE = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
"""https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""
WIDE_SCOPE = re.compile(r"/?|/subscriptions/[^/]+/?|/providers/Microsoft.Management/managementGroups/[^/]+/?", re.I)


@partial(
    ResourceRule,
    id="gcp-access-basic-role",
    severity=Severity.MANDATORY,
    types=PROJECT,
    title="Nobody gets a basic role on a Google project",
    reason="Owner and editor hold thousands of permissions across all services, and what a later service adds.",
    remedy="Grant a predefined role that fits, on the one resource that is meant.",
    reference="https://cloud.google.com/iam/docs/using-iam-securely",
)
def basic_role(grant: Object) -> Iterator[Finding]:
    if (role := get(grant, "role")) in ("roles/owner", "roles/editor"):
        yield ("role",), f"grants {role} on the whole project"


@partial(
    ResourceRule,
    id="gcp-access-anybody",
    severity=Severity.MANDATORY,
    types=GRANTS,
    title="No role of Google's is for anybody",
    reason="allUsers is the internet, allAuthenticatedUsers everyone on it with a Google account.",
    remedy="Name the member.",
    reference="https://cloud.google.com/iam/docs/principals-overview",
)
def anybody(grant: Object) -> Iterator[Finding]:
    if get(grant, "member") in ANYBODY:
        yield ("member",), "lets anybody in"
    for index, member in enumerate(entries(grant, "members")):
        if member in ANYBODY:
            yield ("members", index), "lets anybody in"


@partial(
    ResourceRule,
    id="gcp-access-key",
    severity=Severity.MANDATORY,
    types=("gcp:serviceaccount/key:Key",),
    title="No static key of Google's",
    reason="A key never ends, works from anywhere, and lies in the state of the stack.",
    remedy="Grant the role to the pod's own principal by Workload Identity Federation.",
    reference="https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
)
def service_account_key(_: Object) -> Iterator[Finding]:
    yield (), "is a credential without an end"


@partial(
    ResourceRule,
    id="azure-access-scope",
    severity=Severity.MANDATORY,
    types=("azure-native:authorization:RoleAssignment",),
    title="Nobody administers a whole subscription",
    reason="Owner, Contributor and those who hand out roles own everything in it, and what comes later.",
    remedy="Assign a role that fits, at the scope of the one resource that is meant.",
    reference="https://learn.microsoft.com/azure/role-based-access-control/best-practices",
)
def scope(assignment: Object) -> Iterator[Finding]:
    role = AZURE.get(str(get(assignment, "roleDefinitionId")).rpartition("/")[2].lower())
    if role and WIDE_SCOPE.fullmatch(str(get(assignment, "scope"))):
        yield ("scope",), f"makes its principal {role} of everything in it"


@partial(
    ResourceRule,
    id="azure-access-wildcard",
    severity=Severity.MANDATORY,
    types=("azure-native:authorization:RoleDefinition",),
    title="No wildcard in a role of Azure's",
    reason="`*` grants what nobody thought of, and what a later service adds.",
    remedy="List the actions that are needed.",
    reference="https://learn.microsoft.com/azure/role-based-access-control/best-practices",
)
def wildcard(role: Object) -> Iterator[Finding]:
    for index, permission in enumerate(entries(role, "permissions")):
        for field in ("actions", "dataActions"):
            if "*" in entries(permission, field):
                yield ("permissions", index, field), "allows everything"
