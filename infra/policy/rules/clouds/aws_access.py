"""Who may do what in an account of Amazon's."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ...objects import Object, Path, entries, get, is_list, mapping
from ...rule import Finding, ResourceRule, Severity

POLICIES = ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role")
GUARDED = (
    "aws:iam/role:Role",
    "aws:kms/key:Key",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
)
ATTACHMENTS = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/role:Role")
ALMIGHTY = re.compile(r"arn:[\w-]+:iam::aws:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)")
DESCRIBING = re.compile(r"(?!s3|ssm|secretsmanager|dynamodb|kinesis)[\w-]+:(Describe|Get|List)[\w*]*")
"""Actions that tell what there is but not what is in it; most of them can be granted on all resources only."""
PRACTICES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"


def _listed(value: Any) -> Sequence[Any]:
    """IAM lets one thing stand for a list of one."""
    return value if is_list(value) else [value] if value else []


def _document(policy: Any) -> Object:
    """A policy as Amazon reads it, be it JSON or an object; empty where it is neither."""
    try:
        policy = json.loads(policy) if isinstance(policy, str) else policy
    except ValueError:
        return {}
    return policy if isinstance(policy, Mapping) else {}


def _allowing(policy: Any) -> Iterator[tuple[Path, Object]]:
    """The statements that allow something, each with its path."""
    for index, statement in enumerate(_listed(_document(policy).get("Statement"))):
        if get(statement, "Effect") == "Allow":
            yield ("Statement", index), statement


def _principals(statement: Object) -> list[Any]:
    """Whom a statement names, be it alone or by kind."""
    by_kind = mapping(statement, "Principal").values()
    return [get(statement, "Principal"), *(each for named in by_kind for each in _listed(named))]


def _policies(properties: Object) -> Iterator[tuple[Path, Any]]:
    yield ("policy",), get(properties, "policy")
    for index, each in enumerate(entries(properties, "inlinePolicies")):
        yield ("inlinePolicies", index, "policy"), get(each, "policy")


def _wildcards(statement: Object) -> Iterator[Finding]:
    for field in ("NotAction", "NotResource"):
        if get(statement, field):
            yield (field,), "allows all but what it names"
    actions = [str(each) for each in _listed(get(statement, "Action"))]
    for action in actions:
        if action == "*" or action.endswith(":*"):
            yield ("Action",), f"allows {action!r}"
    everywhere = any(str(each).split(":", 5)[-1] == "*" for each in _listed(get(statement, "Resource")))
    if everywhere and not get(statement, "Condition"):
        for action in actions:
            if not DESCRIBING.fullmatch(action):
                yield ("Resource",), f"allows {action!r} on everything"


@partial(
    ResourceRule,
    id="aws-access-wildcard",
    severity=Severity.MANDATORY,
    types=POLICIES,
    title="No wildcard in a policy of IAM",
    reason="`*` grants what nobody thought of, and what a later service adds.",
    remedy="List actions and resources, or give a Condition; only actions that describe may be granted on `*`.",
    reference=PRACTICES + "#grant-least-privilege",
)
def wildcard(properties: Object) -> Iterator[Finding]:
    for path, policy in _policies(properties):
        for place, statement in _allowing(policy):
            yield from (((*path, *place, *field), message) for field, message in _wildcards(statement))


@partial(
    ResourceRule,
    id="aws-access-anybody",
    severity=Severity.MANDATORY,
    types=GUARDED,
    title="No role, key or bucket is for anybody",
    reason="The principal `*` is everyone with an account of Amazon's, or without one.",
    remedy="Name the principal, or give a Condition that does.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
)
def anybody(properties: Object) -> Iterator[Finding]:
    for field in ("assumeRolePolicy", "policy"):
        for place, statement in _allowing(get(properties, field)):
            if "*" in _principals(statement) and not get(statement, "Condition"):
                yield (field, *place, "Principal"), "lets anybody in"


@partial(
    ResourceRule,
    id="aws-access-administrator",
    severity=Severity.MANDATORY,
    types=ATTACHMENTS,
    title="No role is an administrator",
    reason="It is the wildcard of wildcards: whoever takes the role over owns the account.",
    remedy="Attach a policy that lists what is needed.",
    reference=PRACTICES + "#grant-least-privilege",
)
def administrator(properties: Object) -> Iterator[Finding]:
    if found := ALMIGHTY.fullmatch(str(get(properties, "policyArn"))):
        yield ("policyArn",), f"attaches {found[1]}"
    for index, arn in enumerate(entries(properties, "managedPolicyArns")):
        if found := ALMIGHTY.fullmatch(str(arn)):
            yield ("managedPolicyArns", index), f"attaches {found[1]}"


@partial(
    ResourceRule,
    id="aws-access-key",
    severity=Severity.MANDATORY,
    types=("aws:iam/accessKey:AccessKey",),
    title="No static key of Amazon's",
    reason="A key never ends, works from anywhere, and lies in the state of the stack.",
    remedy="Let the pod take a role by EKS Pod Identity; people take theirs by single sign-on.",
    reference=PRACTICES + "#bp-workloads-use-roles",
)
def access_key(_: Object) -> Iterator[Finding]:
    yield (), "is a credential without an end"
