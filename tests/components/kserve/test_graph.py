"""Any graph is refused, or is one that KServe's webhook takes and its router walks to an end."""

from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.kserve.graph import Nodes
from components.kserve.routing import READ
from components.kserve.shape import checked

NODES: TypeAdapter[Any] = TypeAdapter(Nodes)
SAID: dict[str, st.SearchStrategy[Any]] = {
    "data": st.just("$response"),
    "map_predictions_to_instances": st.booleans(),
    "condition": st.sampled_from(("x", "y", "@this")),
    "dependency": st.sampled_from(("Soft", "Hard")),
    "name": st.sampled_from(("0", "1", "x", "y")),
}
ELSEWHERE = ({"service_name": "iris"}, {"service_url": "http://iris.models.svc/"})


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """A tree of nodes whose steps say what their routers read, with some steps led astray."""
    found: dict[str, Any] = {}

    def target(depth: int) -> dict[str, str]:
        way = draw(st.integers(0, 9))
        if way < 6 - depth:
            return {"node_name": grow(f"n{len(found)}", depth + 1)}
        return {"node_name": draw(st.sampled_from(sorted(found)))} if way == 9 else ELSEWHERE[way % 2]

    def step(router: str, number: int, weights: list[int]) -> dict[str, Any]:
        first = router == "Sequence" and not number
        known = {key: each for key, each in SAID.items() if key == "name" or (key in READ[router] and not first)}
        asked = {"condition": draw(SAID["condition"])} if router == "Switch" else {}
        split = {"weight": weights[number]} if router == "Splitter" else {}
        return {**target(len(found)), **asked, **split, **draw(st.fixed_dictionaries({}, optional=known))}

    def grow(name: str, depth: int) -> str:
        router, share = draw(st.sampled_from(sorted(READ))), draw(st.integers(0, 100))
        weights = draw(st.sampled_from(([share, 100 - share], [100], [share, share])))
        found[name] = {"router_type": router}
        found[name]["steps"] = [step(router, number, weights) for number in range(len(weights))]
        return name

    grow("root", 0)
    return found


def webhook_takes(spec: dict[str, Any]) -> bool:
    """As pkg/apis/serving/v1alpha1/inference_graph_validation.go of KServe has it."""
    for each in spec.values():
        names = [step["name"] for step in each["steps"] if "name" in step]
        targets = [len(step.keys() & {"nodeName", "serviceName", "serviceUrl"}) for step in each["steps"]]
        weights = [step.get("weight", 0) for step in each["steps"]]
        split = each["routerType"] != "Splitter" or sum(weights) == 100
        if len(names) > len({*names}) or {*targets} != {1} or not split:
            return False
    return "root" in spec


def walked(spec: dict[str, Any], name: str = "root") -> set[str]:
    """The nodes that requests reach. Raises KeyError where one is not there, RecursionError where there is no end."""
    inner = (step["nodeName"] for step in spec[name]["steps"] if "nodeName" in step)
    return {name}.union(*(walked(spec, each) for each in inner))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_what_is_accepted_is_walked_to_an_end(given: dict[str, Any]) -> None:
    try:
        found = NODES.validate_python(given)
    except ValidationError:
        event("refused")
        return
    event(f"{len(found)} nodes")
    spec = {name: each.manifest() for name, each in found.items()}
    checked("graph")({"nodes": spec})
    assert webhook_takes(spec)
    assert walked(spec) == spec.keys()
    for each in spec.values():
        answers = [step.get("name", str(number)) for number, step in enumerate(each["steps"])]
        assert each["routerType"] != "Ensemble" or len({*answers}) == len(answers)
