"""What KServe 0.20 takes in Standard mode and then does nothing about, or something else than one reads.

https://github.com/kserve/kserve/tree/v0.20.0/pkg/controller/v1beta1/inferenceservice/reconcilers
"""

from collections.abc import Iterator
from typing import Any

from components.errors import Mistake

Found = Iterator[Mistake]
MODE = "serving.kserve.io/deploymentMode"
STANDARD = ("Standard", "RawDeployment")
"""The mode without Knative, by its name and its former one."""
LONGEST = 58
"""The longest name of a Deployment: KServe puts `isvc.` before it in a label, whose value may have 63 characters."""
SCALER = "serving.kserve.io/autoscalerClass"
SCALERS = ("hpa", "keda", "external", "none")
SCALING = ("maxReplicas", "scaleTarget", "scaleMetric", "autoScaling")
KNATIVE = {
    "canaryTrafficPercent": "Say canary, which a gateway carries out",
    "scaleMetricType": "Say autoScaling, whose metrics have types",
}
"""Fields that nothing reads without Knative, and what to say instead."""


def told(annotations: dict[str, str], beside: bool) -> Found:
    """Annotations that Slipway's KServe does not heed; `beside`: other versions run beside the stable one."""
    scaler, mode = annotations.get(SCALER, SCALERS[0]), annotations.get(MODE, STANDARD[0])
    if scaler not in SCALERS:
        yield Mistake(("annotations", SCALER), f"is {scaler!r}. Say one of {', '.join(SCALERS)}")
    yield from foreign(annotations)
    if beside and mode in STANDARD[1:]:
        fact = f"is {mode!r}, and KServe's webhook asks for {STANDARD[0]} where there are canaries"
        yield Mistake(("annotations", MODE), f"{fact}. Leave it out")


def foreign(annotations: dict[str, str]) -> Found:
    """A mode that KServe has with Knative alone."""
    if (mode := annotations.get(MODE, STANDARD[0])) not in STANDARD:
        fact = f"is {mode!r}, and Slipway installs no Knative"
        yield Mistake(("annotations", MODE), f"{fact}. Say {STANDARD[0]}, or leave it out")


def refusals(component: str, spec: dict[str, Any], scaler: str) -> Found:
    """What is ignored of the `spec` of a `component`, under the autoscaler class `scaler`, by its path in `spec`."""
    for field, cure in KNATIVE.items():
        if field in spec:
            yield Mistake((field,), f"does nothing without Knative. {cure}")
    if component == "predictor" and "containerConcurrency" in spec:
        cure = "Leave it out, and set workers in the server's own arguments"
        yield Mistake(("containerConcurrency",), f"limits nothing without Knative. {cure}")
    known = {"hpa": _by_hpa, "keda": _by_keda, "external": _by_others, "none": _by_nobody}
    yield from _ordered(spec)
    yield from known[scaler](spec) if scaler in known else ()


def timeouts(spec: dict[str, Any]) -> Found:
    """Limits of a component's `spec` that only a gateway keeps."""
    if "timeout" in spec:
        yield Mistake(("timeout",), "only a gateway keeps it. Say a route's timeout_seconds, or kserve's `gateway`")


def _ordered(spec: dict[str, Any]) -> Found:
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if most and least > most:
        yield Mistake(("minReplicas",), f"{least} is above maxReplicas {most}. Swap or change them")
    if "autoScaling" in spec and spec.keys() & {"scaleMetric", "scaleTarget"}:
        yield Mistake(("autoScaling",), "scaleMetric and scaleTarget beside it are not read. Keep autoScaling")


def _by_hpa(spec: dict[str, Any]) -> Found:
    metric = spec.get("scaleMetric", "cpu")
    if spec.get("minReplicas") == 0:
        cure = f"Say 1, or the annotation {SCALER}: keda with a metric from outside"
        yield Mistake(("minReplicas",), f"0 becomes 1. {cure}")
    if metric not in ("cpu", "memory"):
        cure = f"Say cpu, memory, or KEDA's autoScaling ({SCALER}: keda)"
        yield Mistake(("scaleMetric",), f"{metric} needs Knative. {cure}")
    if metric == "memory" and "scaleTarget" not in spec:
        yield Mistake(("scaleMetric",), "memory has no target, and CPU would decide. Add scaleTarget, in percent")
    scaling = spec.get("autoScaling", {})
    if "behavior" in scaling:
        yield Mistake(("autoScaling", "behavior"), f"only KEDA's class reads it. Say the annotation {SCALER}: keda")
    for number, each in enumerate(scaling.get("metrics", ())):
        if each.get("type") != "Resource" or "resource" not in each:
            fact = "only Resource is read"
            yield Mistake(("autoScaling", "metrics", number), f"{fact}. Say the annotation {SCALER}: keda")


def _by_keda(spec: dict[str, Any]) -> Found:
    if not spec.get("autoScaling", {}).get("metrics"):
        fact = f"{SCALER} keda needs metrics, and reads neither scaleMetric nor scaleTarget"
        yield Mistake(("autoScaling",), f"{fact}. Add them")
    behaviour = spec.get("autoScaling", {}).get("behavior", {})
    for way, rules in behaviour.items():
        if more := sorted(rules.keys() - {"stabilizationWindowSeconds"}):
            fact = f"only stabilizationWindowSeconds is read, not {', '.join(more)}"
            yield Mistake(("autoScaling", "behavior", way), f"{fact}. Leave that out")


def _by_others(spec: dict[str, Any]) -> Found:
    for field in ("minReplicas", *SCALING):
        if field in spec:
            yield Mistake((field,), f"{SCALER} external leaves replicas to others. Leave it out")


def _by_nobody(spec: dict[str, Any]) -> Found:
    for field in SCALING:
        if field in spec:
            yield Mistake((field,), f"{SCALER} none keeps minReplicas. Leave it out")
