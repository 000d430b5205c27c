"""The pods of an InferenceGraph's router, as KServe spells them, and what its Standard mode ignores of that.

https://github.com/kserve/kserve/blob/v0.20.0/pkg/controller/v1alpha1/inferencegraph/raw_ig.go
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from components.errors import Mistake
from components.kserve.ignored import SCALER
from components.kserve.shape import checked
from components.mistakes import refused

Found = Iterator[Mistake]
SCALING = {
    "hpa": ("minReplicas", "maxReplicas", "scaleMetric", "scaleTarget"),
    "none": ("minReplicas",),
    "external": (),
}
"""What each class of autoscalers reads; KEDA's would need metrics, which a graph cannot say."""
TARGETS = ("scaleMetric", "scaleTarget")
KNATIVE = "knative.dev/"
WRITE_SECONDS = 60
"""After how long the router hangs up, where nothing is said."""


def _spelled(spec: dict[str, Any]) -> dict[str, Any]:
    if "nodes" in spec:
        raise refused([Mistake(("nodes",), "has a field of its own. Say nodes beside router")])
    checked("graph")({"nodes": {}, **spec})
    return spec


RouterSpec = Annotated[dict[str, Any], AfterValidator(_spelled)]


def refusals(spec: dict[str, Any], annotations: dict[str, str]) -> Found:
    """What nobody would read, or reads otherwise than one thinks, each with its cure."""
    if "timeout" in spec:
        yield Mistake(("router", "timeout"), "does nothing without Knative. Say routerTimeouts")
    if "claims" in spec.get("resources", {}):
        yield Mistake(("router", "resources", "claims"), "the operator copies limits and requests alone. Leave it out")
    for key in annotations:
        if KNATIVE in key:
            yield Mistake(("annotations", key), "Slipway installs no Knative. Leave it out")
    yield from _timeouts(spec.get("routerTimeouts", {}))
    yield from _scaled(spec, annotations.get(SCALER, "hpa"))


def _timeouts(said: dict[str, int]) -> Found:
    write, client = said.get("serverWrite", WRITE_SECONDS), said.get("serviceClient", 0)
    if 0 < write <= client:
        path, fact = ("router", "routerTimeouts", "serviceClient"), f"{client} s, and the router hangs up after {write}"
        yield Mistake(path, f"{fact}. Lower it, or raise serverWrite")


def _scaled(spec: dict[str, Any], scaler: str) -> Found:
    if scaler not in SCALING:
        yield Mistake(("annotations", SCALER), f"is {scaler!r}. Say one of {', '.join(SCALING)}")
        return
    for field in SCALING["hpa"]:
        if field in spec and field not in SCALING[scaler]:
            yield Mistake(("router", field), f"{SCALER} {scaler} does not read it. Leave it out")
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if least < 1:
        yield Mistake(("router", "minReplicas"), f"{least} becomes 1. Say 1")
    if most is not None and most < least:
        yield Mistake(("router", "maxReplicas"), f"{most} is below minReplicas {least}. Swap or change them")
    if scaler == "hpa":
        yield from _targets(spec, scales=(most or 1) > least)


def _targets(spec: dict[str, Any], scales: bool) -> Found:
    metric, target = spec.get("scaleMetric", "cpu"), spec.get("scaleTarget", 1)
    for field in TARGETS:
        if field in spec and not scales:
            fact = "nothing scales without a maxReplicas above minReplicas"
            yield Mistake(("router", field), f"{fact}. Add it, or leave this out")
    if metric not in ("cpu", "memory"):
        yield Mistake(("router", "scaleMetric"), f"{metric} needs Knative, and CPU would decide. Say cpu or memory")
    if metric == "memory" and "scaleTarget" not in spec:
        fact = "memory has no target, and CPU would decide"
        yield Mistake(("router", "scaleMetric"), f"{fact}. Add scaleTarget, in percent")
    if target < 1:
        yield Mistake(("router", "scaleTarget"), f"{target} % is none. Say a share of what is requested, such as 80")
