"""Volumes on an NFS server, which many nodes mount at once: models that are shared rather than copied."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from components.addon import Addon
from components.context import Context, Profile
from components.errors import Mistake
from components.objects import platform_object
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import DnsLabel

NAME = "csi-driver-nfs"
VERSION = "4.13.4"
DRIVER = "nfs.csi.k8s.io"
REGISTRY = "registry.k8s.io/sig-storage"
IMAGES = {
    "nfs": "nfsplugin:v4.13.4",
    "csiProvisioner": "csi-provisioner:v6.3.0",
    "csiResizer": "csi-resizer:v2.2.0",
    "livenessProbe": "livenessprobe:v2.19.0",
    "nodeDriverRegistrar": "csi-node-driver-registrar:v2.17.0",
}
RECLAIM: dict[Profile, Literal["Delete", "Retain"]] = {"laptop": "Delete", "production": "Retain"}
"""What becomes of the files when their claim goes."""


def _server(text: str) -> str:
    if not text or any(character in text for character in " /:@"):
        raise ValueError("must be the DNS name or IPv4 address of an NFS server, such as nfs.example.it")
    return text


class NfsProvisioner(Addon):
    """A StorageClass whose volumes are folders of `share` on `server`, readable and writable from every node."""

    server: Annotated[str, AfterValidator(_server)]
    share: str = Field(pattern=r"^/\S*$")
    """The exported path, such as /exports/models."""
    storage_class: DnsLabel = "nfs"
    default: bool = False
    """Whether a claim that names no class gets it."""
    mount_options: tuple[str, ...] = ("nfsvers=4.1", "hard")

    def claims(self, context: Context) -> tuple[str, ...]:
        own = f"storage class {self.storage_class}"
        return (own, "default storage class") if self.default else (own,)

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        known = (context.traits.storage_class, context.traits.shared_storage_class)
        if self.default and context.traits.storage_class:
            fact = f"this cluster has the default storage class {context.traits.storage_class!r}"
            yield Mistake(("default",), f"{fact}. Leave it out")
        if self.storage_class in known:
            fact = f"this cluster has a storage class {self.storage_class!r}"
            yield Mistake(("storage_class",), f"{fact}. Choose another name")

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name=NAME,
            repository="https://raw.githubusercontent.com/kubernetes-csi/csi-driver-nfs/master/charts",
            version=VERSION,
            release=NAME,
            values={"controller": {"enableSnapshotter": False}},
            images=tuple(_image(key, f"{REGISTRY}/{image}") for key, image in IMAGES.items()),
        )
        namespace = Namespace(name=NAME, pod_security="privileged")
        objects = (self._class(context.conventions.profile),)
        return Unit(name="nfs-provisioner", namespace=namespace, charts=(chart,), objects=objects)

    def _class(self, profile: Profile) -> KubernetesObject:
        parts: dict[str, Any] = {
            "provisioner": DRIVER,
            "parameters": {"server": self.server, "share": self.share},
            "mountOptions": list(self.mount_options),
            "reclaimPolicy": RECLAIM[profile],
            "volumeBindingMode": "Immediate",
            "allowVolumeExpansion": True,
        }
        found = platform_object("storage.k8s.io/v1", "StorageClass", self.storage_class, of=NAME, **parts)
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        return {**found, "metadata": {**found["metadata"], "annotations": default}} if self.default else found


def _image(key: str, image: str) -> ChartImage:
    """The chart puts its own registry before a repository that begins with a slash; ours does not."""
    paths = {f"image.{key}.repository": "{repository}", f"image.{key}.tag": "{tag}"}
    return ChartImage(image=image, paths=paths)
