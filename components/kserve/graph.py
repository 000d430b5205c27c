"""The nodes of an InferenceGraph: a request comes in at `root`."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Annotated

from pydantic import AfterValidator, Field

from components.checked import Checked
from components.errors import Mistake, nearest
from components.kserve import routing
from components.kserve.step import GraphStep, Name
from components.mistakes import refused
from components.picture import Step
from components.spelled import Spelled

ROOT = "root"


class GraphNode(Checked, Spelled):
    """A router, and the steps among which it chooses, or which it takes one after the other or all at once."""

    router_type: routing.RouterType
    steps: tuple[GraphStep, ...] = Field(min_length=1)

    def _refusals(self) -> Iterator[Mistake]:
        return routing.refusals(self.router_type, self.steps)

    @property
    def inner(self) -> list[str]:
        """The nodes to which it leads."""
        return [step.node_name for step in self.steps if step.node_name]


def _walkable(nodes: dict[str, GraphNode]) -> dict[str, GraphNode]:
    if found := list(_refusals(nodes)):
        raise refused(found)
    return nodes


def _refusals(nodes: dict[str, GraphNode]) -> Iterator[Mistake]:
    if ROOT not in nodes:
        yield Mistake((), f"requests come in at the node {ROOT!r}, and there is none. {nearest(ROOT, nodes)}")
    for name, node in nodes.items():
        for number, step in enumerate(node.steps):
            if step.node_name and step.node_name not in nodes:
                path, fact = (name, "steps", number, "node_name"), f"there is no node {step.node_name!r}"
                yield Mistake(path, f"{fact}. {nearest(step.node_name, nodes)}")
    for name in sorted(nodes.keys() - _reached(nodes)) if ROOT in nodes else ():
        yield Mistake((name,), "no step leads there. Name it in one, or leave it out")
    try:
        TopologicalSorter({name: node.inner for name, node in nodes.items()}).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        yield Mistake((), f"requests would go round and round: {circle}. Leave one of these steps out")


def _reached(nodes: dict[str, GraphNode]) -> set[str]:
    found, ahead = set[str](), [ROOT]
    while ahead:
        name = ahead.pop()
        if name in nodes and name not in found:
            found.add(name)
            ahead += nodes[name].inner
    return found


Nodes = Annotated[dict[Name, GraphNode], AfterValidator(_walkable)]


def drawn(nodes: dict[str, GraphNode], name: str = ROOT, share: str = "") -> Step:
    """A node, and where requests go from there."""
    node = nodes[name]
    then = tuple(_drawn(nodes, step, _share(node, number)) for number, step in enumerate(node.steps))
    return Step(name, (node.router_type.lower(),), share, then=then)


def _drawn(nodes: dict[str, GraphNode], step: GraphStep, share: str) -> Step:
    if step.node_name:
        return drawn(nodes, step.node_name, share)
    return Step(step.target, ("KServe stack" if step.service_name else "URL",), share)


def _share(node: GraphNode, number: int) -> str:
    """Which requests take a step, in words."""
    step = node.steps[number]
    place = f"{number + 1}." if node.router_type == "Sequence" else ""
    weight = f"{step.weight} %" if step.weight is not None else ""
    return " ".join(filter(None, (place, weight, f"if {step.condition}" if step.condition else "")))
