"""A component of a predictor: the pods that some nodes of its graph share, and how many of them there are."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from components.seldon.graph import NodeName
from components.seldon.shape import checked
from components.spelled import Spelled
from components.values import Whole

PodSpec = Annotated[dict[str, Any], AfterValidator(checked("podSpec"))]
"""A PodSpec as Kubernetes spells it, of the fields that Seldon Core's definition knows."""
HpaSpec = Annotated[dict[str, Any], AfterValidator(checked("hpaSpec"))]
KedaSpec = Annotated[dict[str, Any], AfterValidator(checked("kedaSpec"))]


def by_cpu(max_replicas: int, percent: int = 80, min_replicas: int = 1) -> dict[str, Any]:
    """An hpa_spec that keeps the mean use of CPU at `percent` of what each pod reserves. Seldon's has no pace."""
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": percent}}
    metrics = [{"type": "Resource", "resource": cpu}]
    return {"minReplicas": min_replicas, "maxReplicas": max_replicas, "metricsv2": metrics}


class Metadata(Spelled):
    """What the pods get, and the end of their Deployment's name."""

    name: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class PdbSpec(Spelled):
    """How many pods a drained node may take, or must leave: a number, or a share such as "50%"."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.min_available is None) == (self.max_unavailable is None):
            raise ValueError("needs either min_available or max_unavailable. Give one of them")
        return self


class Component(Spelled):
    """Without `spec`, its pods are written for `nodes`: those with a model or code that no other component names."""

    ours = {"nodes"}

    metadata: Metadata = Metadata()
    spec: PodSpec | None = None
    nodes: tuple[NodeName, ...] = ()
    replicas: Whole | None = Field(default=None, ge=0)
    hpa_spec: HpaSpec | None = None
    keda_spec: KedaSpec | None = None
    pdb_spec: PdbSpec | None = None

    @model_validator(mode="after")
    def _one_word_on_replicas(self) -> Self:
        scalers = [each for each in ("hpa_spec", "keda_spec") if getattr(self, each)]
        if self.replicas is not None:
            scalers.append("replicas")
        if len(scalers) > 1:
            raise ValueError(f"{' and '.join(scalers)} exclude each other, and Seldon heeds one. Keep one")
        if self.spec is not None and self.nodes:
            raise ValueError("nodes names what a pod is written for, and spec is one. Keep one")
        return self

    @model_validator(mode="after")
    def _scaled_as_written(self) -> Self:
        scaled = self.hpa_spec or {}
        if "metrics" in scaled and "metricsv2" in scaled:
            raise ValueError("hpa_spec has metrics and metricsv2, and Seldon heeds metrics alone. Keep one")
        if scaled.get("minReplicas", 0) > scaled.get("maxReplicas", 0):
            raise ValueError("hpa_spec has more minReplicas than maxReplicas. Swap or change them")
        return self

    @property
    def container_names(self) -> tuple[str, ...]:
        """Of its spec."""
        return tuple(each["name"] for each in (self.spec or {}).get("containers", ()))

    def has_image(self, container: str) -> bool:
        """Whether its spec says an image for `container`."""
        found = (self.spec or {}).get("containers", ())
        return any(each["name"] == container and each.get("image") for each in found)

    def manifest(self, spec: dict[str, Any] | None = None) -> dict[str, Any]:
        """As the definition spells it; `spec` is what was written where it says none."""
        return super().manifest() | ({"spec": spec} if spec else {})
