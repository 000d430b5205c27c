from typing import Any

from tests.components.aws.account import spec
from tests.components.deployed import Deployed


def classes(deployed: Deployed) -> dict[str, dict[str, Any]]:
    found = deployed.of("kubernetes:storage.k8s.io/v1:StorageClass")
    return {each.inputs["metadata"]["name"]: each.inputs for each in found}


def test_the_classes_are_those_of_the_traits(deployed: Deployed) -> None:
    traits = spec().traits
    assert set(classes(deployed)) == {traits.storage_class, traits.shared_storage_class}


def test_blocks_are_the_default_encrypted_and_near_their_pod(deployed: Deployed) -> None:
    found = classes(deployed)["gp3"]
    assert found["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert found["provisioner"] == "ebs.csi.aws.com"
    assert found["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert found["volumeBindingMode"] == "WaitForFirstConsumer"
    assert found["allowVolumeExpansion"] is True


def test_a_shared_claim_is_a_folder_of_the_file_system(deployed: Deployed) -> None:
    found = classes(deployed)["efs"]
    assert "annotations" not in found["metadata"]
    assert found["provisioner"] == "efs.csi.aws.com"
    assert found["parameters"]["provisioningMode"] == "efs-ap"
    assert found["parameters"]["fileSystemId"] == "eks-id"


def test_shared_files_are_encrypted_and_everywhere_the_nodes_are(deployed: Deployed) -> None:
    assert deployed.one("aws:efs/fileSystem:FileSystem").inputs["encrypted"] is True
    targets = deployed.of("aws:efs/mountTarget:MountTarget")
    assert {each.inputs["subnetId"] for each in targets} == {f"eks-private-euw1-az{zone}-id" for zone in (1, 2, 3)}
    assert all(each.inputs["securityGroups"] == ["eks-efs-id"] for each in targets)


def test_only_nodes_reach_the_shared_files_and_only_by_nfs(deployed: Deployed) -> None:
    rule = deployed.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert rule["referencedSecurityGroupId"] == "sg-of-the-cluster"
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 2049, 2049)
    assert "ingress" not in deployed.one("aws:ec2/securityGroup:SecurityGroup").inputs
