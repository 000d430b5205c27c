from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.nfs_provisioner import NfsProvisioner
from components.context import Context, Conventions, Traits
from components.unit import KubernetesObject

PRODUCTION = Context()
LAPTOP = Context(conventions=Conventions(profile="laptop"))
SERVER = {"server": "nfs.example.it", "share": "/exports/models"}


def addon(**choices: Any) -> NfsProvisioner:
    return NfsProvisioner.model_validate({**SERVER, **choices})


def storage_class(context: Context = LAPTOP, **choices: Any) -> KubernetesObject:
    (only,) = addon(**choices).unit(context).objects
    return only


def test_volumes_are_folders_of_the_share() -> None:
    found = storage_class()
    assert (found["kind"], found["metadata"]["name"], found["provisioner"]) == ("StorageClass", "nfs", "nfs.csi.k8s.io")
    assert found["parameters"] == SERVER
    assert found["mountOptions"] == ["nfsvers=4.1", "hard"]


def test_in_production_files_outlive_their_claim() -> None:
    assert storage_class(PRODUCTION)["reclaimPolicy"] == "Retain"
    assert storage_class(LAPTOP)["reclaimPolicy"] == "Delete"


def test_it_is_the_default_only_by_choice() -> None:
    assert "annotations" not in storage_class()["metadata"]
    annotations = storage_class(default=True)["metadata"]["annotations"]
    assert annotations == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert addon(default=True).claims(LAPTOP) == ("storage class nfs", "default storage class")
    assert addon().claims(LAPTOP) == ("storage class nfs",)


def test_its_pods_mount_for_the_node() -> None:
    assert addon().unit(LAPTOP).namespace.pod_security == "privileged"


def test_a_class_that_the_cluster_has_is_refused() -> None:
    context = Context(traits=Traits(storage_class="standard", shared_storage_class="files"))
    assert list(addon().mistakes(context)) == []
    assert list(addon(default=True, storage_class="files").mistakes(context)) == [
        (("default",), "this cluster has the default storage class 'standard'. Leave it out"),
        (("storage_class",), "this cluster has a storage class 'files'. Choose another name"),
    ]


@pytest.mark.parametrize(
    ("choices", "fact"),
    [
        ({"server": ""}, "must be the DNS name or IPv4 address"),
        ({"server": "nfs://nfs.example.it"}, "must be the DNS name or IPv4 address"),
        ({"server": "nfs.example.it:/exports"}, "must be the DNS name or IPv4 address"),
        ({"share": "exports"}, "should match pattern"),
        ({"share": "/with space"}, "should match pattern"),
        ({"storage_class": "NFS"}, "must be lower case"),
    ],
)
def test_a_wrong_choice_is_refused(choices: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError) as caught:
        addon(**choices)
    assert fact in str(caught.value)
