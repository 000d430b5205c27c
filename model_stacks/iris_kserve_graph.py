"""Two servers of the iris model asked at once, KServe's and MLServer's, to compare what they answer."""

from components.kserve.graph import GraphNode
from components.kserve.step import GraphStep
from components.runtimes.kserve_graph import KServeGraph
from model_stacks.iris import IRIS
from model_stacks.iris_kserve import STABLE

BOTH = GraphNode(
    router_type="Ensemble",
    steps=(
        GraphStep(name="kserve", service_name="iris-kserve", dependency="Hard"),
        GraphStep(name="mlserver", service_url="http://iris.models.svc/v2/models/iris/infer", dependency="Hard"),
    ),
)

STACK = KServeGraph(
    name="iris-kserve-graph",
    owner="data-science",
    nodes={"root": BOTH},
    sample=IRIS.sample,
    answer={"kserve": STABLE.answer, "mlserver": STABLE.answer},
)
