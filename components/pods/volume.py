"""What a container finds in a folder besides its models."""

from typing import Annotated, Any, Self

from pydantic import StringConstraints, model_validator

from components.values import Bytes, DnsLabel, Value

FolderPath = Annotated[str, StringConstraints(pattern=r"^/[^:]*$")]
"""An absolute path."""


class Volume(Value):
    """A claim, Secret or ConfigMap of the models' namespace, or a folder of its own that goes with the pod, of `size`
    at most: on disk, or in `memory`, where it counts as its container's."""

    path: FolderPath
    claim: DnsLabel | None = None
    secret: DnsLabel | None = None
    config_map: DnsLabel | None = None
    size: Bytes | None = None
    memory: bool = False
    read_only: bool = False
    sub_path: str | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(map(bool, (self.claim, self.secret, self.config_map, self.size))) != 1:
            raise ValueError("is one of claim, secret, config_map, or a size of its own. Say exactly one")
        if self.memory and not self.size:
            raise ValueError("only a folder of its own can be in memory. Say its size, or leave memory out")
        return self

    def manifest(self, name: str) -> dict[str, Any]:
        """As a pod spells it."""
        if self.claim:
            return {"name": name, "persistentVolumeClaim": {"claimName": self.claim}}
        if self.secret:
            return {"name": name, "secret": {"secretName": self.secret}}
        if self.config_map:
            return {"name": name, "configMap": {"name": self.config_map}}
        return {"name": name, "emptyDir": {**({"medium": "Memory"} if self.memory else {}), "sizeLimit": self.size}}

    def mount(self, name: str) -> dict[str, Any]:
        """As a container spells it."""
        read_only = {"readOnly": True} if self.read_only else {}
        return {
            "name": name,
            "mountPath": self.path,
            **read_only,
            **({"subPath": self.sub_path} if self.sub_path else {}),
        }


SCRATCH = Volume(path="/tmp", size="256Mi")
"""Where a process may write whose root file system is read-only; each pod's is called `scratch`."""
