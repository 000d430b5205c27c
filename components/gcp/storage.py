"""Volumes that many nodes mount: https://cloud.google.com/filestore/docs/csi-driver."""

from typing import Any

from components.gcp.network import Place
from components.objects import labels
from components.unit import KubernetesObject


def shared_class(name: str, place: Place) -> KubernetesObject:
    """A class of Filestore volumes; GKE's own ones only reach the network called "default"."""
    parameters: dict[str, Any] = {"tier": "standard", "network": place.network}
    if isinstance(place.network, str) and "/" in place.network:
        parameters["connect-mode"] = "PRIVATE_SERVICE_ACCESS"
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "labels": labels(name)},
        "provisioner": "filestore.csi.storage.gke.io",
        "parameters": parameters,
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
