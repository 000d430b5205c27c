"""EKS add-ons: what AWS installs on a cluster and keeps running."""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.iam import Role
from components.aws.policies import pod_trust
from components.clusters.eks import AddOnName
from components.component import Component

NETWORKING: tuple[AddOnName, ...] = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
"""Before any node, which without them does not become ready."""
WORKLOADS: tuple[AddOnName, ...] = ("coredns", "metrics-server", "aws-ebs-csi-driver", "aws-efs-csi-driver")
"""After the nodes that they run on."""

IDENTITIES = {
    "vpc-cni": ("aws-node", "AmazonEKS_CNI_Policy"),
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
    "aws-efs-csi-driver": ("efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy"),
}
"""Their service account, and the policy of AWS for it; nodes have none of these rights."""

SETTINGS: dict[str, Any] = {"vpc-cni": {"enableNetworkPolicy": "true"}}


class AddOn(Component):
    """One add-on called `add_on`, at `version` or else at the one that AWS chooses for `kubernetes`."""

    def __init__(
        self,
        name: str,
        add_on: str,
        *,
        cluster: str,
        kubernetes: str,
        version: str | None,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        role = self._role(cluster, *IDENTITIES[add_on]) if add_on in IDENTITIES else None
        aws.eks.Addon(
            name,
            addon_name=add_on,
            cluster_name=cluster,
            addon_version=version or self._usual_version(add_on, kubernetes),
            configuration_values=json.dumps(SETTINGS[add_on]) if add_on in SETTINGS else None,
            pod_identity_associations=[self._association(add_on, role)] if role else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=self.child(depends_on=[*after, *([role] if role else [])]),
        )
        self.register_outputs({})

    def _role(self, cluster: str, account: str, policy: str) -> Role:
        return Role(self.name, pod_trust(cluster, "kube-system", account), managed=(policy,), opts=self.child())

    def _association(self, add_on: str, role: Role) -> aws.eks.AddonPodIdentityAssociationArgs:
        account, _ = IDENTITIES[add_on]
        return aws.eks.AddonPodIdentityAssociationArgs(service_account=account, role_arn=role.arn)

    def _usual_version(self, add_on: str, kubernetes: str) -> pulumi.Output[str]:
        return aws.eks.get_addon_version_output(
            addon_name=add_on, kubernetes_version=kubernetes, opts=pulumi.InvokeOutputOptions(parent=self)
        ).version
