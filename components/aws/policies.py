"""IAM policy documents, as plain data."""

from collections.abc import Iterable, Mapping
from typing import Any

from components.location.store import StoreUrl, store

Document = dict[str, Any]


def document(*statements: Document) -> Document:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Iterable[str], resources: Iterable[Any], condition: Mapping[str, Any] | None = None) -> Document:
    """A statement that lets its holder do `actions` on `resources`."""
    found = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**found, "Condition": condition} if condition else found


def service_trust(service: str) -> Document:
    """Lets a service of AWS take a role."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def pod_trust(cluster: str, namespace: str, account: str) -> Document:
    """Lets the pods of one service account of one cluster take a role.

    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    who = {"eks-cluster-name": cluster, "kubernetes-namespace": namespace, "kubernetes-service-account": account}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {f"aws:RequestTag/{key}": value for key, value in who.items()}},
        }
    )


def reads(stores: Iterable[StoreUrl]) -> Document:
    """Reads what lies at or below each store's prefix, and lists nothing else."""
    return document(*(statement for url in stores for statement in _read(url)))


def _read(url: StoreUrl) -> tuple[Document, Document]:
    _, _, bucket, prefix = store(url)
    arn = f"arn:aws:s3:::{bucket}"
    below = {"StringLike": {"s3:prefix": [prefix, f"{prefix}/*"]}} if prefix else None
    objects = [f"{arn}/{prefix}", f"{arn}/{prefix}/*"] if prefix else [f"{arn}/*"]
    return allow(["s3:GetObject"], objects), allow(["s3:ListBucket"], [arn], below)


def scales(cluster: str) -> Document:
    """What Cluster Autoscaler does: looks at every group, since AWS narrows no Describe, and changes this cluster's.

    https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
    """
    groups = ("AutoScalingGroups", "AutoScalingInstances", "LaunchConfigurations", "ScalingActivities", "Tags")
    machines = ("Images", "InstanceTypes", "LaunchTemplateVersions")
    look = [
        *(f"autoscaling:Describe{each}" for each in groups),
        *(f"ec2:Describe{each}" for each in machines),
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
    ]
    change = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    own = {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}}
    return document(allow(look, ["*"]), allow(change, ["*"], own))


def delivers_logs(group: Any) -> Document:
    """Writes to one log group, whose ARN may be an Output."""
    actions = ("CreateLogStream", "PutLogEvents", "DescribeLogGroups", "DescribeLogStreams")
    return document(allow([f"logs:{action}" for action in actions], [group]))
