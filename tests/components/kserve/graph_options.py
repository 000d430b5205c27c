"""InferenceGraphs as stacks say them: the plain one, and one for each choice."""

from typing import Any

from components.runtimes.kserve_graph import KServeGraph

Fields = dict[str, Any]
OUTSIDE = {"service_url": "https://models.example.it/predict"}
INSIDE = {"service_url": "http://wine.other.svc:8080/v2/models/wine/infer"}
HEAVY: Fields = {
    "minReplicas": 2,
    "maxReplicas": 4,
    "scaleMetric": "memory",
    "scaleTarget": 70,
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    "routerTimeouts": {"serverRead": 10, "serverWrite": 300, "serverIdle": 60, "serviceClient": 200},
    "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
    "nodeSelector": {"disk": "ssd"},
    "nodeName": "one",
    "serviceAccountName": "other",
}


def service(stack: str = "iris", /, **choices: Any) -> Fields:
    """A step to a KServe stack."""
    return {"service_name": stack, **choices}


def node(router: str, *steps: Fields) -> Fields:
    """A node's."""
    return {"router_type": router, "steps": list(steps)}


def fields(root: Fields | None = None, nodes: Fields | None = None, **choices: Any) -> Fields:
    """A stack's, of one step unless `root` says more."""
    known = {"root": root or node("Sequence", service()), **(nodes or {})}
    return {"name": "chain", "owner": "science", "nodes": known, **choices}


CHAIN = node(
    "Sequence",
    service(data="$request", dependency="Soft"),
    service("wine", data="$response", map_predictions_to_instances=True, condition="predictions.0", dependency="Hard"),
    {**OUTSIDE, "name": "last"},
)
SPLIT = node("Splitter", service(weight=90), service("wine", weight=10), {**OUTSIDE, "weight": 0})
ASK_ALL = node("Ensemble", service(name="ours"), {**INSIDE, "dependency": "Hard"})
CHOOSE = node("Switch", service(condition='[@this].#(kind=="iris")'), service("wine", condition="@this"))
TREE = {"split": SPLIT, "all": ASK_ALL, "choose": CHOOSE}

OPTIONS: dict[str, Fields] = {
    "plain": fields(cost_center="research", sample={"instances": []}, answer={"predictions": []}),
    "chain": fields(CHAIN),
    "split": fields(SPLIT),
    "all": fields(ASK_ALL, annotations={"note": "x"}, object_labels={"team": "x"}),
    "choose": fields(CHOOSE, annotations={"serving.kserve.io/autoscalerClass": "none"}, router={"minReplicas": 3}),
    "tree": fields(node("Sequence", *({"node_name": name} for name in TREE)), TREE),
    "heavy": fields(router=HEAVY),
    "bare": fields(hardened=False),
}


def stacks() -> dict[str, KServeGraph]:
    """Each by what it shows."""
    return {name: KServeGraph.model_validate(given) for name, given in OPTIONS.items()}
