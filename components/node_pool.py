"""A group of alike machines of a cluster, whatever cloud they stand in."""

from typing import Literal, Self

from pydantic import Field, model_validator

from components.values import GPU_RESOURCE, DnsLabel, LabelKey, Labels, LabelValue, Value, Whole

Architecture = Literal["amd64", "arm64"]


class Taint(Value):
    """Keeps pods away that do not tolerate it."""

    key: LabelKey
    value: LabelValue = ""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"


GPU_TAINT = Taint(key=GPU_RESOURCE, value="present")
"""On every machine with GPUs, so that only what asks for one lands there."""


class Gpu(Value):
    """What one machine has: the product as its cloud spells it, and how many."""

    type: DnsLabel
    count: Whole = Field(default=1, ge=1, le=16)


class Machines(Value):
    """What pods must know of a pool of a cluster: a machine's GPUs, and the taints to tolerate beside that of GPUs."""

    gpu: Gpu | None = None
    taints: tuple[Taint, ...] = ()

    @property
    def gpus(self) -> int:
        """How many one machine has."""
        return self.gpu.count if self.gpu else 0


class NodePool(Value):
    """Machines that a cluster autoscaler adds and removes, between `min` and `max`, as pods need them."""

    name: DnsLabel
    machine: str = Field(min_length=1)
    min: Whole = Field(default=0, ge=0, le=1000)
    max: Whole = Field(default=3, ge=1, le=1000)
    disk_gib: Whole = Field(default=100, ge=30, le=16384)
    labels: Labels = {}
    taints: tuple[Taint, ...] = ()
    spot: bool = False
    """Cheaper machines that the cloud takes back at short notice."""
    system: bool = False
    """Whether the cluster's own parts run here; such a pool never goes to zero."""
    gpu: Gpu | None = None
    architecture: Architecture = "amd64"

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}. Lower min or raise max")
        return self

    @model_validator(mode="after")
    def _system_stays(self) -> Self:
        if self.system and self.min == 0:
            raise ValueError("a system pool with min 0 leaves the cluster's own parts nowhere. Use min 1 or more")
        if self.system and self.spot:
            raise ValueError("a system pool of spot machines takes the cluster's own parts with it. Remove spot")
        if self.system and self.gpu:
            raise ValueError("a system pool with GPUs wastes them. Give the GPUs a pool of their own")
        return self

    @property
    def all_labels(self) -> dict[str, str]:
        """Its own labels, its name, and its GPU's product."""
        gpu = {"slipway/gpu": self.gpu.type} if self.gpu else {}
        return {**self.labels, "slipway/pool": self.name, **gpu}

    @property
    def all_taints(self) -> tuple[Taint, ...]:
        """Its own taints, and the one that keeps other pods off GPUs."""
        return (*self.taints, GPU_TAINT) if self.gpu and GPU_TAINT not in self.taints else self.taints
