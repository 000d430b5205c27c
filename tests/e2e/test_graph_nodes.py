"""The nodes of graphs as Seldon's real Python server runs them, in the pods that are written for them.

No operator runs here: what it adds to a container (ports, and variables that say them), and what its executor does (the
order of the calls), the test does, as their source says.
"""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from components.context import Context
from components.runtimes.seldon import Seldon
from components.seldon.graph import Graph, parameters
from components.seldon.node import IMAGE
from components.seldon.predictor import Predictor
from model_nodes.centimetres import INCH
from model_stacks.iris_graph import GRAPH, node
from sandbox import graph_pods, registry
from training.trained import SEED, split

from .cluster import Cluster, Object

pytestmark = pytest.mark.e2e

FLOWERS = load_iris()
ROWS = FLOWERS.data[[0, 60, 120]]
COLUMNS = {"all": [0, 1, 2, 3], "petals": [2, 3]}
FEEDBACKS = 25
READY_SECONDS = 120


class Pods:
    """Each node by its name: at which address and port it listens."""

    def __init__(self, cluster: Cluster, places: dict[str, tuple[str, int]]) -> None:
        self._cluster, self._places = cluster, places

    def ask(self, name: str, path: str, body: Object) -> Any:
        """What node `name` answers to a POST of `body`."""
        connection = http.client.HTTPConnection(*self._places[name], timeout=10)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        assert response.status == 200, f"{name}{path}: {response.status} {text!r}"
        return json.loads(text)

    def walk(self, graph: Graph, message: Object, routes: dict[str, int]) -> Any:
        """As the executor walks a graph; `routes` is what it would draw by lot, or what a router has chosen."""
        if graph.type == "TRANSFORMER":
            message = self.ask(graph.name, "/transform-input", message)
        elif not graph.children:
            return self.ask(graph.name, "/predict", message)
        if graph.type == "ROUTER":
            routes[graph.name] = self.route(graph.name, message)
        chosen = [graph.children[routes[graph.name]]] if graph.name in routes else graph.children
        answers = [self.walk(child, message, routes) for child in chosen]
        return (
            self.ask(graph.name, "/aggregate", {"seldonMessages": answers}) if graph.type == "COMBINER" else answers[0]
        )

    def route(self, name: str, message: Object) -> int:
        """The number of the child that a router chooses."""
        return int(self.ask(name, "/route", message)["data"]["ndarray"][0][0])

    def reward(self, name: str, child: int, reward: float) -> Any:
        """Tell a router how good the answer of one of its children was."""
        answered = {"meta": {"routing": {name: child}}, "data": {"ndarray": [[0]]}}
        return self.ask(name, "/send-feedback", {"request": sent(ROWS), "response": answered, "reward": reward})


@pytest.fixture(scope="module")
def pods(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """The nodes of `iris-graph`, and those that learn or watch, each in the pod that the runtime writes for it."""
    with (tmp_path_factory.mktemp("image") / "log").open("w") as log:
        registry.load(IMAGE).run(log)
    stack = Seldon(name="graph-nodes", owner="tests", predictors=_predictors())
    parameters = {each.name: [given.manifest() for given in each.parameters] for each in stack.nodes}
    objects = graph_pods.made_of(stack.objects(Context()), parameters)
    everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    cluster.kubectl("apply", "-f", "-", stdin=everything)
    names = [each["metadata"]["name"] for each in objects if each["kind"] == "Pod"]
    waited = ("--for=condition=Ready", f"--timeout={READY_SECONDS}s", *(f"pod/{name}" for name in names))
    try:
        cluster.kubectl("wait", "-n", "models", *waited)
        running = [graph_pods.places(cluster.get("pod", name)) for name in names]
        yield Pods(cluster, {node: place for places in running for node, place in places.items()})
    finally:
        cluster.kubectl("delete", "--wait=false", "--grace-period=1", "-f", "-", stdin=everything)


@pytest.mark.parametrize(("route", "name"), list(enumerate(COLUMNS)))
def test_a_graph_answers_as_the_library_that_trained_its_models(pods: Pods, route: int, name: str) -> None:
    answer = pods.walk(GRAPH, sent(ROWS / INCH), {"ab-test": route})
    assert answer["data"]["names"] == ["setosa", "versicolor", "virginica"]
    parts = split(FLOWERS)
    model = LogisticRegression(random_state=SEED, max_iter=1000).fit(parts.rows[:, COLUMNS[name]], parts.classes)
    np.testing.assert_allclose(answer["data"]["ndarray"], model.predict_proba(ROWS[:, COLUMNS[name]]), atol=1e-6)


@pytest.mark.parametrize("router", ["greedy", "thompson"])
def test_feedback_moves_a_router_to_the_child_that_is_rewarded(pods: Pods, router: str) -> None:
    for _ in range(FEEDBACKS):
        pods.reward(router, 0, 0)
        told = pods.reward(router, 1, 1)
    assert told["meta"]["tags"] == {"tries": [FEEDBACKS, FEEDBACKS], "rewards": [0, FEEDBACKS]}
    assert [pods.route(router, sent(ROWS)) for _ in range(10)] == [1] * 10


def test_an_outlier_passes_and_is_marked(pods: Pods) -> None:
    strange = np.vstack([ROWS, [50, 1, 1, 50]])
    answer = pods.ask("watch", "/transform-input", sent(strange))
    np.testing.assert_allclose(answer["data"]["ndarray"], strange)
    assert answer["meta"]["tags"]["outlier"] == [False, False, False, True]
    assert answer["meta"]["metrics"] == [{"type": "COUNTER", "key": "outliers_total", "value": 1}]


def sent(rows: Any) -> Object:
    """A message of Seldon's protocol."""
    return {"data": {"ndarray": rows.tolist()}}


def _predictors() -> tuple[Predictor, ...]:
    """Two graphs; the second ends at models that nobody asks, so that nothing has to serve them."""
    leaves = [Graph(name=f"unasked-{n}", implementation="SKLEARN_SERVER", model_uri="s3://unasked/") for n in range(3)]
    two = parameters(n_branches=2)
    thompson = Graph(
        name="thompson", type="ROUTER", node=node("bandits", "Thompson"), parameters=two, children=tuple(leaves[:2])
    )
    greedy = Graph(
        name="greedy",
        type="ROUTER",
        node=node("bandits", "EpsilonGreedy"),
        parameters=(*two, *parameters(epsilon=0.0)),
        children=(thompson, leaves[2]),
    )
    watch = Graph(
        name="watch",
        type="TRANSFORMER",
        node=node("outliers", "Mahalanobis", "iris-statistics.json"),
        parameters=parameters(statistics="iris-statistics.json"),
        children=(greedy,),
    )
    return Predictor(name="main", graph=GRAPH, traffic=50), Predictor(name="learning", graph=watch, traffic=50)
