"""The machines of a cluster."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.aws.iam import Role
from components.aws.policies import service_trust
from components.component import Component
from components.node_pool import NodePool

EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
ROOT_DEVICE = "/dev/xvda"
"""Of Amazon Linux 2023."""


def role(name: str, opts: pulumi.ResourceOptions) -> Role:
    """What a node may do: find its cluster, pull images. https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html"""
    managed = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
    return Role(f"{name}-node", service_trust("ec2.amazonaws.com"), managed=managed, opts=opts)


class NodeGroup(Component):
    """One pool as a managed node group, which AWS replaces node by node when its image or its template changes."""

    def __init__(
        self,
        name: str,
        pool: NodePool,
        *,
        cluster: aws.eks.Cluster,
        role: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        template = aws.ec2.LaunchTemplate(
            name, args=_template(pool.disk_gib, {**tags, "Name": name}), opts=self.child()
        )
        aws.eks.NodeGroup(
            name,
            cluster_name=cluster.name,
            version=cluster.version,
            node_role_arn=role,
            subnet_ids=subnets,
            ami_type=_image(pool),
            capacity_type="SPOT" if pool.spot else "ON_DEMAND",
            instance_types=[pool.machine],
            labels=_labels(pool),
            taints=[
                aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=EFFECTS[taint.effect])
                for taint in pool.all_taints
            ],
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=pool.min, max_size=pool.max, desired_size=pool.min
            ),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            opts=self.child(depends_on=after, ignore_changes=["scalingConfig.desiredSize"]),
        )
        self.register_outputs({})


def _image(pool: NodePool) -> str:
    if pool.gpu:
        return "AL2023_x86_64_NVIDIA"
    return "AL2023_ARM_64_STANDARD" if pool.architecture == "arm64" else "AL2023_x86_64_STANDARD"


def _labels(pool: NodePool) -> dict[str, str]:
    """With the label by which Cluster Autoscaler waits for a new node's GPUs instead of adding another."""
    return {**pool.all_labels, **({"k8s.amazonaws.com/accelerator": pool.gpu.type} if pool.gpu else {})}


def _template(disk_gib: int, tags: Mapping[str, str]) -> aws.ec2.LaunchTemplateArgs:
    """Metadata only by session tokens that do not leave the node, an encrypted disk, tags on what a node is made of."""
    disk = aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
        volume_size=disk_gib, volume_type="gp3", encrypted="true", delete_on_termination="true"
    )
    return aws.ec2.LaunchTemplateArgs(
        update_default_version=True,
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        block_device_mappings=[aws.ec2.LaunchTemplateBlockDeviceMappingArgs(device_name=ROOT_DEVICE, ebs=disk)],
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=each, tags=tags)
            for each in ("instance", "volume", "network-interface")
        ],
    )
