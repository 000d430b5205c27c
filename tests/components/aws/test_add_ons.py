import json
from typing import get_args

import pytest

from components.aws.add_ons import NETWORKING, WORKLOADS
from components.clusters.eks import AddOnName
from tests.components.aws.account import provisioned
from tests.components.deployed import Deployed

ADDON, GROUP = "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup"


def test_every_add_on_that_can_be_pinned_is_installed(deployed: Deployed) -> None:
    installed = sorted(each.inputs["addonName"] for each in deployed.of(ADDON))
    assert installed == sorted(get_args(AddOnName)) == sorted((*NETWORKING, *WORKLOADS))


def test_networking_is_there_before_nodes_and_workloads_after_them(deployed: Deployed) -> None:
    groups = deployed.of(GROUP)
    for add_on in deployed.of(ADDON):
        if add_on.inputs["addonName"] in NETWORKING:
            assert all(add_on.urn in group.request.dependencies for group in groups)
        else:
            assert {group.urn for group in groups} <= set(add_on.request.dependencies)


def test_versions_follow_the_cluster_unless_they_are_pinned() -> None:
    deployed = provisioned(add_on_versions={"coredns": "v1.12.4-eksbuild.1"})
    versions = {each.inputs["addonName"]: each.inputs["addonVersion"] for each in deployed.of(ADDON)}
    assert versions.pop("coredns") == "v1.12.4-eksbuild.1"
    assert set(versions.values()) == {"usual"}


def test_network_policies_are_enforced(deployed: Deployed) -> None:
    settings = deployed.named("eks-vpc-cni", "aws:eks/addon:").inputs["configurationValues"]
    assert json.loads(settings) == {"enableNetworkPolicy": "true"}


@pytest.mark.parametrize(
    ("add_on", "account", "policy"),
    [
        ("vpc-cni", "aws-node", "AmazonEKS_CNI_Policy"),
        ("aws-ebs-csi-driver", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
        ("aws-efs-csi-driver", "efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy"),
    ],
)
def test_what_calls_aws_has_a_role_of_its_own(deployed: Deployed, add_on: str, account: str, policy: str) -> None:
    (association,) = deployed.named(f"eks-{add_on}", "aws:eks/addon:").inputs["podIdentityAssociations"]
    role = deployed.named(f"eks-{add_on}", "aws:iam/role:")
    attached = deployed.named(f"eks-{add_on}-{policy.rpartition('/')[2]}", "aws:iam/rolePolicyAttachment:")
    assert association["serviceAccount"] == account
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == account
    assert attached.inputs["policyArn"] == f"arn:aws:iam::aws:policy/{policy}"
    assert attached.urn in deployed.named(f"eks-{add_on}", "aws:eks/addon:").request.dependencies


def test_the_others_have_no_role(deployed: Deployed) -> None:
    for name in ("kube-proxy", "coredns", "metrics-server", "eks-pod-identity-agent"):
        assert "podIdentityAssociations" not in deployed.named(f"eks-{name}", "aws:eks/addon:").inputs
