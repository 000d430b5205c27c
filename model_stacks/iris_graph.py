"""Species of an iris from its four measurements in inches: a graph that tries two models on half of the requests each.

inches -> centimetres -> A/B router -> all four measurements, or the petals alone -> probability of each species
"""

from pathlib import Path

from components.location.artefact import Artefact
from components.runtimes.seldon import Seldon
from components.seldon.graph import Graph, parameters
from components.seldon.node import Node
from components.seldon.predictor import Predictor

HERE = Path(__file__).parent


def node(module: str, runs: str, *files: str) -> Node:
    """Class `runs` of a module of model_nodes/, with some of the artefacts."""
    code = Artefact(path=HERE.parent / "model_nodes" / f"{module}.py")
    return Node(code=code, runs=runs, files=tuple(Artefact(path=HERE / "artefacts" / each) for each in files))


def model(name: str) -> Graph:
    """The model whose weights are artefacts/iris-NAME.json."""
    weights = f"iris-{name}.json"
    return Graph(name=name, node=node("linear", "Linear", weights), parameters=parameters(weights=weights))


GRAPH = Graph(
    name="centimetres",
    type="TRANSFORMER",
    node=node("centimetres", "Centimetres"),
    children=(
        Graph(
            name="species",
            type="COMBINER",
            node=node("mean", "Mean"),
            parameters=parameters(classes="setosa,versicolor,virginica"),
            children=(
                Graph(
                    name="ab-test",
                    implementation="RANDOM_ABTEST",
                    parameters=parameters(ratioA=0.5),
                    children=(model("all"), model("petals")),
                ),
            ),
        ),
    ),
)

STACK = Seldon(
    name="iris-graph",
    owner="data-science",
    predictors=(Predictor(name="main", graph=GRAPH),),
    sample={"data": {"ndarray": [[2.01, 1.38, 0.55, 0.08]]}},
    answer={"data": {"names": ["setosa", "versicolor", "virginica"]}},
)
