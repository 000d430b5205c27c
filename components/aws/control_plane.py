"""The part of a cluster that AWS runs."""

import pulumi
import pulumi_aws as aws

from components import kubeconfig
from components.aws.iam import Role
from components.aws.policies import service_trust
from components.clusters.eks import Eks
from components.component import Component

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
HINT = "Install version 2 of the AWS command line: https://docs.aws.amazon.com/cli/latest/userguide/"


class ControlPlane(Component):
    """An EKS cluster without nodes, and who may administer it. Attributes: `cluster`."""

    def __init__(
        self, name: str, spec: Eks.Spec, subnets: list[pulumi.Input[str]], opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(name, opts)
        trust = service_trust("eks.amazonaws.com")
        role = Role(f"{name}-control-plane", trust, managed=("AmazonEKSClusterPolicy",), opts=self.child())
        logs = aws.cloudwatch.LogGroup(
            name,
            name=f"/aws/eks/{spec.cluster_name(name)}/cluster",
            retention_in_days=spec.log_retention_days,
            opts=self.child(),
        )
        self.cluster = aws.eks.Cluster(
            name,
            args=self._args(spec, role.arn, self._key(), subnets),
            opts=self.child(depends_on=[role, logs]),
        )
        for admin in spec.admins:
            self._admit(admin)
        self.register_outputs({"endpoint": self.cluster.endpoint})

    def _key(self) -> pulumi.Output[str]:
        description = f"Kubernetes secrets of {self.name}"
        return aws.kms.Key(self.name, description=description, enable_key_rotation=True, opts=self.child()).arn

    def _args(
        self, spec: Eks.Spec, role: pulumi.Input[str], key: pulumi.Input[str], subnets: list[pulumi.Input[str]]
    ) -> aws.eks.ClusterArgs:
        return aws.eks.ClusterArgs(
            name=spec.cluster_name(self.name),
            version=spec.version,
            role_arn=role,
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=subnets,
                endpoint_private_access=True,
                endpoint_public_access=bool(spec.authorized_networks),
                public_access_cidrs=spec.authorized_networks or None,
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(
                ip_family="ipv4", service_ipv4_cidr=spec.services_cidr
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key), resources=["secrets"]
            ),
            enabled_cluster_log_types=LOG_TYPES,
            bootstrap_self_managed_addons=False,
            deletion_protection=spec.deletion_protection,
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            zonal_shift_config=aws.eks.ClusterZonalShiftConfigArgs(enabled=True),
        )

    def _admit(self, principal: str) -> None:
        """Makes an IAM role or user an administrator of everything on the cluster."""
        name = f"{self.name}-{principal.partition('::')[2]}"
        entry = aws.eks.AccessEntry(name, cluster_name=self.cluster.name, principal_arn=principal, opts=self.child())
        aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=self.cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=ADMIN,
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=self.child(),
        )

    def kubeconfig(self, region: str) -> pulumi.Output[str]:
        """Asks the AWS command line for a token that lives some minutes."""
        who = ("--region", region, "eks", "get-token", "--cluster-name", self.cluster.name, "--output", "json")
        return kubeconfig.by_command(
            self.name,
            server=self.cluster.endpoint,
            authority=self.cluster.certificate_authority.data,
            command="aws",
            arguments=who,
            hint=HINT,
        )
