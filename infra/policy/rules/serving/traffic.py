"""How requests are shared out among the versions of a model."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ...index import Objects
from ...objects import Object, Path, entries, get, kind, mapping, namespace, nodes, number
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity
from ..kubernetes.routes import ROUTES, SERVED, VIRTUAL_SERVICE, in_cluster

SELDON, GRAPH, INFERENCE = SERVED
RULE = "networking.istio.io/DestinationRule"
MODE = "serving.kserve.io/deploymentMode"
SHARES = {"backendRefs": "weight", "route": "weight", "steps": "weight"}
"""The lists that share requests out, and what each entry calls its share."""


def _shares(item: Object) -> Iterator[tuple[Path, Sequence[Any], str]]:
    """Each list of two or more that requests are shared out among: its path, its entries, and the share's key."""
    if kind(item) == SELDON:
        answering = [each for each in entries(item, "spec", "predictors") if not _shadow(each)]
        yield ("spec", "predictors"), answering, "traffic"
    elif kind(item) in (VIRTUAL_SERVICE, GRAPH, *ROUTES):
        for path, node in nodes(mapping(item, "spec"), ("spec",)):
            for field, share in SHARES.items():
                if any(get(each, share) is not None for each in entries(node, field)):
                    yield (*path, field), entries(node, field), share


def _shadow(predictor: Any) -> bool:
    return get(predictor, "shadow") is True


@partial(
    ObjectRule,
    id="traffic-sum",
    severity=Severity.MANDATORY,
    title="Shares of traffic are percent: they sum to 100",
    reason="Seldon refuses another sum, Istio and the Gateway API take it for proportions: 10 of 20 is half.",
    remedy="Let the shares sum to 100.",
    reference="https://docs.seldon.ai/seldon-core-1/configuration/deployments",
)
def percent(item: Object) -> Iterator[Finding]:
    for path, shared, key in _shares(item):
        total = sum(number(each, key) or 0 for each in shared)
        if len(shared) > 1 and total != 100:
            yield path, f"shares sum to {total:g}"


@partial(
    ObjectRule,
    id="traffic-predictors",
    severity=Severity.MANDATORY,
    title="The predictors of a SeldonDeployment can be told apart, and one of them answers",
    reason="Its webhook refuses two of one name, two shadows, and a shadow of nothing.",
    remedy="Rename one; keep one shadow beside a predictor that answers.",
    reference="https://docs.seldon.ai/seldon-core-1/configuration/deployments",
)
def predictors(item: Object) -> Iterator[Finding]:
    found = entries(item, "spec", "predictors") if kind(item) == SELDON else ()
    for named, times in Counter(str(get(each, "name")) for each in found).items():
        if times > 1:
            yield ("spec", "predictors"), f"{times} predictors have the name {named!r}"
    shadows = sum(map(_shadow, found))
    if shadows > 1 or (shadows and shadows == len(found)):
        yield ("spec", "predictors"), f"{shadows} of {len(found)} predictors are shadows"


@partial(
    ObjectRule,
    id="traffic-ignored",
    severity=Severity.MANDATORY,
    title="An InferenceService has a canary only where KServe heeds it",
    reason="Outside Knative mode the field is ignored: all requests go to the new version.",
    remedy=f"Annotate it `{MODE}: Knative`, or share traffic out among two InferenceServices by a route.",
    reference="https://kserve.github.io/website/docs/model-serving/predictive-inference/rollout-strategies/canary",
)
def ignored(item: Object) -> Iterator[Finding]:
    for part in ("predictor", "transformer", "explainer") if kind(item) == INFERENCE else ():
        path = ("spec", part, "canaryTrafficPercent")
        mode = get(item, "metadata", "annotations", MODE)
        if number(item, *path) is not None and mode not in ("Knative", "Serverless"):
            yield path, "is ignored, for the InferenceService is not in Knative mode"


@partial(
    SetRule,
    id="traffic-subset",
    severity=Severity.MANDATORY,
    title="Every subset and every step that gets traffic exists",
    reason="Istio answers 503 for a subset that no DestinationRule defines or no pod belongs to, KServe for a step.",
    remedy="Define the subset in the DestinationRule of that host; name a node or an InferenceService that is there.",
    reference="https://istio.io/latest/docs/reference/config/networking/destination-rule/",
)
def subsets(objects: Objects) -> Iterator[SetFinding]:
    defined = {subset for item in objects.of(RULE) for subset in _defined(objects, item)}
    for item in objects.of(VIRTUAL_SERVICE):
        for path, node in nodes(mapping(item, "spec"), ("spec",)):
            host, subset = get(node, "host"), get(node, "subset")
            if subset and (in_cluster(str(host), namespace(item)), str(subset)) not in defined:
                yield item, (*path, "subset"), f"no pod of {host} is in a subset {subset!r}"
    for item in objects.of(GRAPH):
        yield from ((item, *finding) for finding in _lost_steps(objects, item))


def _defined(objects: Objects, rule: Object) -> Iterator[tuple[tuple[str, str] | None, str]]:
    """The subsets of a DestinationRule that have pods, or of whose pods nobody can tell."""
    place = in_cluster(str(get(rule, "spec", "host")), namespace(rule))
    for each in entries(rule, "spec", "subsets"):
        pods = objects.selected(namespace(rule), {"matchLabels": mapping(each, "labels")})
        if next(pods, None) or namespace(rule) in objects.charted or next(objects.of(*SERVED), None):
            yield place, str(get(each, "name"))


def _lost_steps(objects: Objects, graph: Object) -> Iterator[Finding]:
    there = mapping(graph, "spec", "nodes")
    for path, node in nodes(there, ("spec", "nodes")):
        for index, step in enumerate(entries(node, "steps")):
            inner, service = get(step, "nodeName"), get(step, "serviceName")
            if inner and str(inner) not in there:
                yield (*path, "steps", index, "nodeName"), f"there is no node {inner!r}"
            if service and not objects.find(INFERENCE, namespace(graph), str(service)):
                yield (*path, "steps", index, "serviceName"), f"there is no InferenceService {service!r}"
