"""The pods of an InferenceGraph's router, as KServe spells them, and what its Standard mode ignores of that.

https://github.com/kserve/kserve/blob/v0.20.0/pkg/controller/v1alpha1/inferencegraph/raw_ig.go
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator

from components.kserve.ignored import SCALER
from components.kserve.shape import checked

Found = Iterator[str]
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
        raise ValueError("nodes: has a field of its own. Say nodes beside router")
    checked("graph")({"nodes": {}, **spec})
    return spec


RouterSpec = Annotated[dict[str, Any], AfterValidator(_spelled)]


def refusals(spec: dict[str, Any], annotations: dict[str, str]) -> Found:
    """What nobody would read, or reads otherwise than one thinks, each with its cure."""
    if "timeout" in spec:
        yield "router.timeout: does nothing without Knative. Say routerTimeouts"
    if "claims" in spec.get("resources", {}):
        yield "router.resources.claims: the operator copies limits and requests alone. Leave it out"
    for key in annotations:
        if KNATIVE in key:
            yield f"annotation {key}: Slipway installs no Knative. Leave it out"
    yield from _timeouts(spec.get("routerTimeouts", {}))
    yield from _scaled(spec, annotations.get(SCALER, "hpa"))


def _timeouts(said: dict[str, int]) -> Found:
    write, client = said.get("serverWrite", WRITE_SECONDS), said.get("serviceClient", 0)
    if 0 < write <= client:
        fact = f"router.routerTimeouts.serviceClient: {client} s, and the router hangs up after {write}"
        yield f"{fact}. Lower it, or raise serverWrite"


def _scaled(spec: dict[str, Any], scaler: str) -> Found:
    if scaler not in SCALING:
        yield f"annotation {SCALER} is {scaler!r}. Say one of {', '.join(SCALING)}"
        return
    for field in SCALING["hpa"]:
        if field in spec and field not in SCALING[scaler]:
            yield f"router.{field}: {SCALER} {scaler} does not read it. Leave it out"
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas")
    if least < 1:
        yield f"router.minReplicas: {least} becomes 1. Say 1"
    if most is not None and most < least:
        yield f"router.maxReplicas: {most} is below minReplicas {least}. Swap or change them"
    if scaler == "hpa":
        yield from _targets(spec, scales=(most or 1) > least)


def _targets(spec: dict[str, Any], scales: bool) -> Found:
    metric, target = spec.get("scaleMetric", "cpu"), spec.get("scaleTarget", 1)
    for field in TARGETS:
        if field in spec and not scales:
            yield f"router.{field}: nothing scales without a maxReplicas above minReplicas. Add it, or leave this out"
    if metric not in ("cpu", "memory"):
        yield f"router.scaleMetric: {metric} needs Knative, and CPU would decide. Say cpu or memory"
    if metric == "memory" and "scaleTarget" not in spec:
        yield "router.scaleMetric: memory has no target, and CPU would decide. Add scaleTarget, in percent"
    if target < 1:
        yield f"router.scaleTarget: {target} % is none. Say a share of what is requested, such as 80"
