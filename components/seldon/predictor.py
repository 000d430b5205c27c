"""A predictor: one version of a deployment, with its graph, its pods and its share of the requests."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from components.checked import Checked
from components.errors import Mistake
from components.seldon import rules
from components.seldon.component import Component
from components.seldon.graph import Address, Graph
from components.seldon.shape import checked
from components.spelled import Spelled
from components.values import DnsLabel, Whole

NO_ENGINE = "seldon.io/no-engine"
SERVICE_NAME = "seldon.io/svc-name"

Resources = Annotated[dict[str, Any], AfterValidator(checked("resources"))]
Container = Annotated[dict[str, Any], AfterValidator(checked("containerSpec"))]
Env = Annotated[list[dict[str, Any]], AfterValidator(checked("env"))]


class Orchestrator(Spelled):
    """The executor, which walks the graph."""

    env: Env = []
    resources: Resources | None = None
    replicas: Whole | None = Field(default=None, ge=0)
    """Of an executor in pods of its own."""


class Tls(Spelled):
    """The Secret whose certificate the executor serves with."""

    cert_secret_name: DnsLabel


class Explainer(Spelled):
    """Says why a model answers as it does, with Alibi; called at its own Service."""

    type: Literal[
        "AnchorTabular",
        "AnchorImages",
        "AnchorText",
        "Counterfactuals",
        "Contrastive",
        "KernelShap",
        "IntegratedGradients",
        "ALE",
        "TreeShap",
    ]
    model_uri: str | None = None
    config: dict[str, str] = {}
    init_parameters: str | None = None
    """JSON, for protocol v2."""
    container_spec: Container | None = None
    endpoint: Address | None = None
    env_secret_ref_name: str | None = None
    service_account_name: str | None = None
    storage_initializer_image: str | None = None
    replicas: Whole | None = Field(default=None, ge=0)


class Predictor(Checked, Spelled):
    """`traffic` is in percent of all requests; of a shadow, the share that is copied to it."""

    ours = {"graph", "components", "orchestrator"}

    name: DnsLabel
    graph: Graph
    components: tuple[Component, ...] = ()
    replicas: Whole | None = Field(default=None, ge=0)
    traffic: Whole | None = Field(default=None, ge=0, le=100)
    shadow: bool = False
    """Gets copies of the requests, and its answers are discarded."""
    explainer: Explainer | None = None
    orchestrator: Orchestrator = Orchestrator()
    ssl: Tls | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    progress_deadline_seconds: Whole | None = Field(default=None, ge=1)

    def _refusals(self) -> Iterator[Mistake]:
        found = (*self._named_twice(), *self._unserved(), *self._misplaced(), *self._left_out())
        return (Mistake((), f"predictor {self.name!r} {each}") for each in found)

    def service(self, stack: str) -> str:
        """The name of its Service."""
        return self.annotations.get(SERVICE_NAME, f"{stack}-{self.name}")

    @property
    def alone(self) -> bool:
        """Whether its node is called itself, no executor being before it."""
        return self.annotations.get(NO_ENGINE, "").lower() == "true"

    @property
    def written(self) -> tuple[Graph, ...]:
        """The nodes that containers are written for."""
        return tuple(each for each in self.graph.walk() if each.node or each.model)

    def placed(self) -> tuple[tuple[Component, tuple[Graph, ...]], ...]:
        """Each component with the nodes whose containers are written into it."""
        named = {name for component in self.components for name in component.nodes}
        rest = tuple(each for each in self.written if each.name not in named)
        open_ended = [each for each in self.components if each.spec is None and not each.nodes]
        components = self.components if open_ended or not rest else (*self.components, Component())
        return tuple((each, self._of(each, rest)) for each in components)

    def _of(self, component: Component, rest: tuple[Graph, ...]) -> tuple[Graph, ...]:
        if component.nodes:
            return tuple(each for each in self.written if each.name in component.nodes)
        return rest if component.spec is None else ()

    def _named_twice(self) -> Iterator[str]:
        for name, times in Counter(each.name for each in self.graph.walk()).items():
            if times > 1:
                yield f"has {times} nodes called {name!r}. Rename one"

    def _unserved(self) -> Iterator[str]:
        containers = Counter(name for component in self.components for name in component.container_names)
        for node in self.graph.walk():
            if rules.needs_container(node) and not containers[node.name]:
                cure = "Give it model, node or implementation, or a component a container of that name"
                yield f"has node {node.name!r} with nothing that serves it. {cure}"
            if containers[node.name] > (0 if node.node or node.model else 1):
                yield f"has more than one container for node {node.name!r}. Keep one"

    def _misplaced(self) -> Iterator[str]:
        known = {each.name for each in self.written}
        named = Counter(name for component in self.components for name in component.nodes)
        for name, times in named.items():
            if name not in known:
                yield f"has a component for {name!r}, which is no node with a model or code. Mend its nodes"
            elif times > 1:
                yield f"has {times} components for node {name!r}. Keep one"
        if sum(each.spec is None and not each.nodes for each in self.components) > 1:
            yield "has several components with neither spec nor nodes. Say which nodes each is for"

    def _left_out(self) -> Iterator[str]:
        """Seldon makes pods only of components with a container; its own servers go into the first."""
        served = any(rules.server(each) for each in self.graph.walk())
        for number, (component, nodes) in enumerate(self.placed()):
            if not (component.container_names or nodes or (served and number == 0)):
                yield f"has component {number} without a container, which Seldon passes by. Leave it out"
        if NO_ENGINE in self.annotations and self.graph.children:
            yield f"says {NO_ENGINE} and has several nodes, which need the executor. Leave the annotation out"
