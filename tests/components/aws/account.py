"""An account of AWS that answers without AWS."""

from typing import Any

from components.clusters.eks import Eks
from tests.components.deployed import Deployed, deploy

ADMIN = "arn:aws:iam::123456789012:role/platform"
CHOICES: dict[str, Any] = {"region": "eu-west-1", "admins": [ADMIN]}
VPC: dict[str, Any] = {
    "vpc": "vpc-0123456789abcdef0",
    "subnets": {"eu-west-1a": "subnet-0123456789abcdef0", "eu-west-1b": "subnet-0123456789abcdef1"},
}
KNOWN: dict[str, dict[str, Any]] = {
    "aws:cloudwatch/logGroup:LogGroup": {"arn": "arn:aws:logs:eu-west-1:123456789012:log-group:flow"},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 3},
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://0123.gr7.eu-west-1.eks.amazonaws.com",
        "certificateAuthority": {"data": "Q0E="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-of-the-cluster"},
    },
    "aws:eks/getAddonVersion:getAddonVersion": {"version": "usual"},
    "aws:iam/getSessionContext:getSessionContext": {"issuerArn": ADMIN},
    "aws:iam/role:Role": {"arn": "arn:aws:iam::123456789012:role/made"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"arn": "arn:aws:sts::123456789012:assumed-role/platform/me"},
    "aws:kms/key:Key": {"arn": "arn:aws:kms:eu-west-1:123456789012:key/made"},
}


def spec(**chosen: Any) -> Eks.Spec:
    """A spec of the least that must be chosen, and of `chosen`."""
    return Eks.Spec.model_validate({**CHOICES, **chosen})


def provisioned(**chosen: Any) -> Deployed:
    """What provisioning that cluster asks the engine for."""
    return deploy(lambda: Eks("eks", spec(**chosen)), known=KNOWN)
