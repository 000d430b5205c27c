"""Roles, and the pods that take them."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import policies
from components.component import Component

NAME_LIMIT = 38
"""How many characters a role's name may begin with, before AWS makes it unique."""


class Role(Component):
    """An IAM role with AWS's own policies and a document; who depends on it waits for all of these.

    Attributes: `arn`.
    """

    def __init__(
        self,
        name: str,
        trust: policies.Document,
        *,
        managed: tuple[str, ...] = (),
        allowed: policies.Document | None = None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        policy = pulumi.Output.json_dumps(trust, sort_keys=True)
        prefix = f"{name[: NAME_LIMIT - 1]}-"
        role = aws.iam.Role(name, name_prefix=prefix, assume_role_policy=policy, opts=self.child())
        for each in managed:
            arn = f"arn:aws:iam::aws:policy/{each}"
            called = f"{name}-{each.rpartition('/')[2]}"
            aws.iam.RolePolicyAttachment(called, role=role.name, policy_arn=arn, opts=self.child())
        if allowed:
            written: Any = pulumi.Output.json_dumps(allowed, sort_keys=True)
            aws.iam.RolePolicy(name, role=role.name, policy=written, opts=self.child())
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


class PodIdentity(Component):
    """A role for the pods of one service account; who depends on it waits until they can take it."""

    def __init__(
        self,
        name: str,
        cluster: str,
        namespace: str,
        account: str,
        allowed: policies.Document,
        after: pulumi.Resource,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        role = Role(name, policies.pod_trust(cluster, namespace, account), allowed=allowed, opts=self.child())
        aws.eks.PodIdentityAssociation(
            name,
            cluster_name=cluster,
            namespace=namespace,
            service_account=account,
            role_arn=role.arn,
            opts=self.child(depends_on=[role, after]),
        )
        self.register_outputs({})
