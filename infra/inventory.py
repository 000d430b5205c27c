"""What the rendered way has put on a cluster, noted on that cluster: what to prune, even after an interrupted run."""

import base64
import gzip
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from components.errors import SlipwayError
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

    @property
    def place(self) -> str:
        """Namespace and name; of what is in no namespace the name."""
        return "/".join(filter(None, (self.namespace, self.name)))

    def manifest(self) -> KubernetesObject:
        """The least that names it."""
        place = {"namespace": self.namespace} if self.namespace else {}
        return {"apiVersion": self.api, "kind": self.kind, "metadata": {"name": self.name, **place}}


def identity(manifest: KubernetesObject) -> Identity:
    """The identity of an object."""
    metadata = manifest["metadata"]
    return Identity(manifest["apiVersion"], manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def note(environment: str, identities: Iterable[Identity], version: str | None = None) -> KubernetesObject:
    """A ConfigMap that lists `identities`; compressed, because thousands of models must fit into its 1 MiB.

    With `version` the API server takes it only in place of what has that resourceVersion.
    """
    lines = "\n".join("\t".join(each) for each in identities)
    packed = base64.b64encode(gzip.compress(lines.encode(), mtime=0)).decode()
    only = {"resourceVersion": version} if version else {}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"slipway-{environment}", "namespace": NAMESPACE, "labels": MANAGED_BY, **only},
        "binaryData": {"objects.gz": packed},
    }


def noted(config_map: KubernetesObject) -> list[Identity]:
    """What `note` has listed, in its order. Raises SlipwayError where somebody has damaged it."""
    try:
        lines = gzip.decompress(base64.b64decode(config_map["binaryData"]["objects.gz"])).decode().splitlines()
        return [Identity(*line.split("\t")) for line in lines]
    except (KeyError, ValueError, TypeError, OSError, EOFError, zlib.error):
        fact = f"ConfigMap {identity(config_map).place}: its list of what was made is damaged"
        cure = "Delete it, and run `slipway up` again; what was to be removed then stays, and is yours to delete"
        raise SlipwayError(f"{fact}. {cure}") from None
