"""Models that are read where they are: claims, exports of an NFS server, and images."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from components.location import hosts
from components.location.uri import Location, location
from components.model import VOLUMES_FOLDER, Model
from components.unit import KubernetesObject
from components.values import Bytes, DnsLabel, Value

_READERS = ["ReadOnlyMany"]


class SharedVolume(Value):
    """A claim that comes into being with its stack, for models to be put into, and goes with it.

    Many nodes mount it at once; `storage_class` None takes the cluster's class for such volumes.
    """

    size: Bytes
    storage_class: DnsLabel | None = None

    def manifest(self, name: str, shared: str | None) -> KubernetesObject:
        """The claim, of class `shared` unless it names one."""
        return _claim(name, "ReadWriteMany", self.storage_class or str(shared), self.size)


class Mounted(NamedTuple):
    """A volume of a pod, where its containers mount it, and what must exist for it (without labels)."""

    volume: dict[str, Any]
    mount: dict[str, Any]
    objects: tuple[KubernetesObject, ...] = ()


def mounted(stack: str, namespace: str, models: Mapping[str, Model]) -> Iterator[Mounted]:
    """What mounts those of `models` that are read where they are, in the order of their names."""
    for index, (name, model) in enumerate(sorted(models.items())):
        if model.uri and (found := location(model.uri)).scheme in _VOLUMES:
            objects, source = _VOLUMES[found.scheme](found, model, f"{stack[:52]}-{_digest(model)}", namespace)
            volume = f"model-{index}"
            path = f"{VOLUMES_FOLDER}/{name}" if found.scheme == "pvc" else model.path(name)
            yield Mounted({"name": volume, **source}, {"name": volume, "mountPath": path, "readOnly": True}, objects)


def _digest(model: Model) -> str:
    """Of what cannot be changed in a volume once it is there."""
    return hashlib.sha256(f"{model.uri} {model.size}".encode()).hexdigest()[:10]


_Source = tuple[tuple[KubernetesObject, ...], dict[str, Any]]


def _of_claim(found: Location, model: Model, name: str, namespace: str) -> _Source:
    return (), {"persistentVolumeClaim": {"claimName": found.place, "readOnly": True}}


def _of_image(found: Location, model: Model, name: str, namespace: str) -> _Source:
    return (), {"image": {"reference": f"{found.place}/{found.path}{found.version}", "pullPolicy": "IfNotPresent"}}


def _of_nfs(found: Location, model: Model, name: str, namespace: str) -> _Source:
    """A volume and a claim that are meant for each other: an NFS server in the pod itself is no restricted volume."""
    server, _ = hosts.parts(found.place)
    volume: KubernetesObject = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-{name}"},
        "spec": {
            "capacity": {"storage": model.size},
            "accessModes": _READERS,
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": namespace, "name": name},
            "nfs": {"server": server, "path": f"/{found.path}", "readOnly": True},
        },
    }
    claim = _claim(name, "ReadOnlyMany", "", model.size)
    claim["spec"]["volumeName"] = volume["metadata"]["name"]
    return (volume, claim), {"persistentVolumeClaim": {"claimName": name, "readOnly": True}}


_VOLUMES = {"nfs": _of_nfs, "oci": _of_image, "pvc": _of_claim}


def _claim(name: str, access: str, storage_class: str, size: str) -> KubernetesObject:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "accessModes": [access],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": size}},
        },
    }
