"""By what load the replicas of a workload grow and shrink, between which bounds, and how fast."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from components.checked import Checked
from components.errors import Mistake
from components.values import Number, Quantity, Value, Whole

MOST_REPLICAS = 10_000
"""More than clusters have nodes for."""


class Pace(Value):
    """How fast replicas come or go: in `period_seconds` by at most `percent` of them, or `pods`, whichever is more.

    Only a need that has lasted for `window_seconds` is followed.
    """

    window_seconds: Whole = Field(ge=0, le=3600)
    period_seconds: Whole = Field(default=60, ge=1, le=1800)
    percent: Whole | None = Field(default=None, ge=1, le=1000)
    pods: Whole | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if self.percent is None and self.pods is None:
            raise ValueError("limits nothing. Say percent, pods or both")
        return self

    def rules(self) -> dict[str, Any]:
        """As an autoscaler spells it."""
        limits = [("Percent", self.percent), ("Pods", self.pods)]
        policies = [
            {"type": kind, "value": most, "periodSeconds": self.period_seconds} for kind, most in limits if most
        ]
        return {"stabilizationWindowSeconds": self.window_seconds, "selectPolicy": "Max", "policies": policies}


class Query(Value):
    """A single number that Prometheus answers; each replica bears `target` of it."""

    query: str = Field(min_length=1)
    target: Number = Field(gt=0)
    wakes: Number | None = Field(default=None, ge=0)
    """Above this the first replica starts, where there may be none."""


class Metric(Value):
    """A metric that an adapter on the cluster serves; `target` of it for each replica.

    `pods`: of the stack's own pods; `external`: of anything else, chosen by `labels`.
    """

    kind: Literal["pods", "external"]
    name: str = Field(min_length=1)
    target: Quantity
    labels: dict[str, str] = {}

    def source(self) -> dict[str, Any]:
        """As a HorizontalPodAutoscaler spells it."""
        chosen = {"selector": {"matchLabels": self.labels}} if self.labels else {}
        aimed = {"type": "AverageValue", "averageValue": self.target}
        type_ = self.kind.capitalize()
        return {"type": type_, self.kind: {"metric": {"name": self.name, **chosen}, "target": aimed}}


class Autoscaling(Checked):
    """Replicas between two bounds; of several measures, the one that asks for most decides.

    Percentages are of what each replica reserves. A server takes long to load, so each minute doubles the replicas at
    most, and they go slowly.
    """

    min_replicas: Whole = Field(default=1, ge=0)
    max_replicas: Whole = Field(ge=1, le=MOST_REPLICAS)
    cpu_percent: Whole | None = Field(default=80, ge=1, le=10_000)
    memory_percent: Whole | None = Field(default=None, ge=1, le=100)
    gpu_percent: Whole | None = Field(default=None, ge=1, le=100)
    requests_in_flight: Number | None = Field(default=None, gt=0)
    """How many requests a replica works on at once, on average."""
    queries: tuple[Query, ...] = ()
    metrics: tuple[Metric, ...] = ()
    scale_up: Pace = Pace(window_seconds=30, percent=100, pods=4)
    scale_down: Pace = Pace(window_seconds=300, percent=50, pods=1)

    def _refusals(self) -> Iterator[Mistake]:
        if self.min_replicas > self.max_replicas:
            fact = f"{self.min_replicas} is above max_replicas {self.max_replicas}"
            yield Mistake(("min_replicas",), f"{fact}. Swap or change them")
        if not self.used and not self.by_events and not self.metrics:
            cure = "Say cpu_percent, memory_percent, requests_in_flight or another measure"
            yield Mistake((), f"scales by nothing. {cure}")
        if self.by_events and self.metrics:
            fact = "KEDA cannot read the metrics of an adapter beside its own"
            yield Mistake(("metrics",), f"{fact}. Say them as queries, or leave out what KEDA measures")
        yield from self._unwoken()

    def _unwoken(self) -> Iterator[Mistake]:
        """What would never start a first replica, or never be needed for it."""
        wakes = [number for number, each in enumerate(self.queries) if each.wakes is not None]
        if self.min_replicas == 0 and not wakes:
            fact = "is 0, and what a stack measures of itself ends with its last replica: nothing would wake it"
            yield Mistake(("min_replicas",), f"{fact}. Add a query of something outside, with `wakes`, or say 1")
        for number in wakes if self.min_replicas else ():
            fact = "there is always a replica awake"
            yield Mistake(("queries", number, "wakes"), f"{fact}. Say min_replicas: 0, or leave it out")

    @property
    def used(self) -> Mapping[str, int]:
        """What metrics-server measures, to the percentage that it is kept at."""
        return {name: most for name, most in (("cpu", self.cpu_percent), ("memory", self.memory_percent)) if most}

    @property
    def by_events(self) -> bool:
        """Whether KEDA scales it, by what Prometheus knows."""
        return bool(self.queries or self.gpu_percent or self.requests_in_flight)

    def __str__(self) -> str:
        measures = [("CPU", self.cpu_percent), ("memory", self.memory_percent), ("GPU", self.gpu_percent)]
        others = [("requests", self.requests_in_flight), ("queries", self.queries), ("metrics", self.metrics)]
        by = ", ".join(name for name, chosen in (*measures, *others) if chosen)
        return f"{self.min_replicas} to {self.max_replicas}, by {by}"
