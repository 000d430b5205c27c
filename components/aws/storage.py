"""Volumes: disks for one node (EBS), files for many (EFS)."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.clusters.eks import BLOCK, SHARED
from components.component import Component
from components.objects import labels
from components.unit import KubernetesObject

NFS = 2049


class SharedFiles(Component):
    """An encrypted EFS file system that the cluster's nodes mount. Attributes: `id`."""

    def __init__(
        self,
        name: str,
        *,
        vpc: pulumi.Input[str],
        subnets: Mapping[str, pulumi.Input[str]],
        clients: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        files = aws.efs.FileSystem(
            name, encrypted=True, throughput_mode="elastic", tags={"Name": name}, opts=self.child()
        )
        self.id = files.id
        group = self._security_group(vpc, clients)
        for zone, subnet in subnets.items():
            aws.efs.MountTarget(
                f"{name}-{zone}",
                file_system_id=files.id,
                subnet_id=subnet,
                security_groups=[group],
                opts=self.child(),
            )
        self.register_outputs({"id": self.id})

    def _security_group(self, vpc: pulumi.Input[str], clients: pulumi.Input[str]) -> pulumi.Output[str]:
        """Lets in NFS from the security group `clients`; nothing goes out."""
        name = f"{self.name}-efs"
        group = aws.ec2.SecurityGroup(
            name, vpc_id=vpc, description="NFS from the cluster's nodes", tags={"Name": name}, opts=self.child()
        )
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=group.id,
            referenced_security_group_id=clients,
            ip_protocol="tcp",
            from_port=NFS,
            to_port=NFS,
            opts=self.child(),
        )
        return group.id


def classes(file_system: pulumi.Input[str]) -> tuple[KubernetesObject, KubernetesObject]:
    """The storage classes of blocks, which is the default, and of shared files, each claim a folder of its own."""
    return (
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": _metadata(BLOCK) | {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
            "provisioner": "ebs.csi.aws.com",
            "parameters": {"type": "gp3", "encrypted": "true"},
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        },
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": _metadata(SHARED),
            "provisioner": "efs.csi.aws.com",
            "parameters": {"provisioningMode": "efs-ap", "fileSystemId": file_system, "directoryPerms": "700"},
        },
    )


def _metadata(name: str) -> KubernetesObject:
    return {"name": name, "labels": labels(name)}
