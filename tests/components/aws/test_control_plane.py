import json
from typing import Any

import pytest

from tests.components.aws.account import ADMIN, provisioned
from tests.components.deployed import Deployed

CLUSTER = "aws:eks/cluster:Cluster"


@pytest.fixture
def cluster(deployed: Deployed) -> dict[str, Any]:
    return deployed.one(CLUSTER).inputs


def test_the_cluster_has_the_name_and_version_of_the_environment(cluster: dict[str, Any]) -> None:
    assert (cluster["name"], cluster["version"]) == ("slipway-eks", "1.35")


def test_access_is_by_access_entries_alone(cluster: dict[str, Any]) -> None:
    assert cluster["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}


def test_each_admin_has_an_entry_and_the_right_to_everything() -> None:
    other = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/Admin_0123"
    deployed = provisioned(admins=[ADMIN, other])
    for principal in (ADMIN, other):
        name = f"eks-{principal.partition('::')[2]}"
        entry = deployed.named(name, "aws:eks/accessEntry:")
        assert entry.inputs == {"clusterName": "slipway-eks", "principalArn": principal}
        right = deployed.named(name, "aws:eks/accessPolicyAssociation:")
        assert right.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        assert right.inputs["accessScope"] == {"type": "cluster"}
        assert entry.urn in right.request.dependencies


def test_secrets_are_encrypted_with_a_key_of_its_own_that_rotates(deployed: Deployed, cluster: dict[str, Any]) -> None:
    key = deployed.one("aws:kms/key:Key")
    (encryption,) = [cluster["encryptionConfig"]]
    assert encryption["resources"] == ["secrets"]
    assert encryption["provider"]["keyArn"].endswith("key/made")
    assert key.inputs["enableKeyRotation"] is True
    assert key.urn in deployed.one(CLUSTER).request.dependencies


def test_five_types_of_logs_are_kept_for_a_while(deployed: Deployed, cluster: dict[str, Any]) -> None:
    logs = deployed.named("eks", "aws:cloudwatch/logGroup:")
    types = {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert set(cluster["enabledClusterLogTypes"]) == types
    assert logs.inputs == {"name": "/aws/eks/slipway-eks/cluster", "retentionInDays": 90}
    assert logs.urn in deployed.one(CLUSTER).request.dependencies


def test_without_authorized_networks_the_endpoint_is_private(cluster: dict[str, Any]) -> None:
    network = cluster["vpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, False)
    assert "publicAccessCidrs" not in network


def test_the_public_endpoint_is_for_listed_networks_only() -> None:
    network = provisioned(authorized_networks=["203.0.113.0/24"]).one(CLUSTER).inputs["vpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, True)
    assert network["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_it_never_slides_into_extended_support(cluster: dict[str, Any]) -> None:
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}


def test_a_failing_zone_can_be_shifted_away_from(cluster: dict[str, Any]) -> None:
    assert cluster["zonalShiftConfig"] == {"enabled": True}


def test_services_have_addresses_of_their_own(cluster: dict[str, Any]) -> None:
    assert cluster["kubernetesNetworkConfig"] == {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}


def test_networking_is_left_to_add_ons(cluster: dict[str, Any]) -> None:
    assert cluster["bootstrapSelfManagedAddons"] is False


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_is_refused_where_the_environment_says_so(protected: bool) -> None:
    cluster = provisioned(deletion_protection=protected).one(CLUSTER)
    assert cluster.inputs["deletionProtection"] is protected


def test_the_control_plane_keeps_its_rights_until_it_is_gone(deployed: Deployed) -> None:
    policy = deployed.named("eks-control-plane-AmazonEKSClusterPolicy")
    role = deployed.named("eks-control-plane", "aws:iam/role:")
    assert policy.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
    assert policy.urn in deployed.one(CLUSTER).request.dependencies
