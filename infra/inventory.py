"""What the rendered way has put on a cluster, noted on that cluster: what to prune, even after an interrupted run."""

import base64
import gzip
from collections.abc import Iterable
from typing import NamedTuple

from components.unit import MANAGED_BY, KubernetesObject

NAMESPACE = "default"
"""The one namespace that every cluster has and lets be written."""


class Identity(NamedTuple):
    """What tells one object of a cluster from all others."""

    api: str
    kind: str
    namespace: str
    name: str

    @property
    def object(self) -> tuple[str, str, str, str]:
        """The same in every version of its API: what an upgrade of the version alone must not prune."""
        return (self.api.rpartition("/")[0], self.kind, self.namespace, self.name)

    def manifest(self) -> KubernetesObject:
        """The least that names it."""
        place = {"namespace": self.namespace} if self.namespace else {}
        return {"apiVersion": self.api, "kind": self.kind, "metadata": {"name": self.name, **place}}


def identity(manifest: KubernetesObject) -> Identity:
    """The identity of an object."""
    metadata = manifest["metadata"]
    return Identity(manifest["apiVersion"], manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def note(environment: str, identities: Iterable[Identity]) -> KubernetesObject:
    """A ConfigMap that lists `identities`; compressed, because thousands of models must fit into its 1 MiB."""
    lines = "\n".join("\t".join(each) for each in identities)
    packed = base64.b64encode(gzip.compress(lines.encode(), mtime=0)).decode()
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"slipway-{environment}", "namespace": NAMESPACE, "labels": MANAGED_BY},
        "binaryData": {"objects.gz": packed},
    }


def noted(config_map: KubernetesObject) -> list[Identity]:
    """What `note` has listed, in its order."""
    lines = gzip.decompress(base64.b64decode(config_map["binaryData"]["objects.gz"])).decode().splitlines()
    return [Identity(*line.split("\t")) for line in lines]
