"""A predictor as the definition spells it, with the pods that are written for it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from components.context import Traits
from components.location import artefact
from components.seldon import pods, rules
from components.seldon.graph import Graph
from components.seldon.predictor import Predictor
from components.unit import KubernetesObject

ROUTING = "SELDON_ENABLE_ROUTING_INJECTION"
"""Makes the executor say in its answer which child a router chose: what feedback must name for a router to learn."""


class Place(NamedTuple):
    """What a stack and its cluster say of its pods."""

    stack: str
    account: str | None
    credentials: str | None
    labels: dict[str, str]
    env: dict[str, str]
    """Of the executor."""
    transport: str
    traits: Traits


def files(stack: str, predictor: Predictor) -> KubernetesObject | None:
    """The ConfigMap of its nodes' code, where there is any."""
    return pods.config_map(f"{stack}-{predictor.name}", predictor.written)


def too_large(predictor: Predictor) -> Iterator[str]:
    """Code and files that no ConfigMap holds."""
    if (total := artefact.size(pods.files(predictor.written))) > (limit := artefact.CONFIG_MAP_LIMIT):
        fact = f"predictor {predictor.name!r}: its nodes' files are {total:,} bytes, a ConfigMap holds {limit:,}"
        yield f"{fact}. Put them into the node's image"


def predictor(found: Predictor, place: Place) -> dict[str, Any]:
    """One predictor of a SeldonDeployment."""
    labels = {**place.labels, **found.labels}
    identity = {"service_account_name": place.account, "env_secret_ref_name": place.credentials}
    orchestrator = _orchestrator(found, place.env)
    return {
        **found.manifest(),
        **({"labels": labels} if labels else {}),
        "graph": found.graph.manifest(**identity),
        **({"componentSpecs": _components(found, place)} if found.placed() else {}),
        **({"svcOrchSpec": orchestrator} if orchestrator else {}),
    }


def _components(found: Predictor, place: Place) -> list[dict[str, Any]]:
    config = files(place.stack, found)

    def written(nodes: tuple[Graph, ...]) -> dict[str, Any] | None:
        return pods.spec(nodes, config, place.account, place.transport, place.traits) if nodes else None

    return [component.manifest(written(nodes)) for component, nodes in found.placed()]


def _orchestrator(found: Predictor, env: dict[str, str]) -> dict[str, Any]:
    """What the user says of the executor, after what it must know."""
    learns = any(each.node and rules.routes(each) for each in found.graph.walk())
    given = {each["name"] for each in found.orchestrator.env}
    added = {**env, **({ROUTING: "true"} if learns else {})}
    own = [{"name": name, "value": value} for name, value in added.items() if name not in given]
    variables = [*own, *found.orchestrator.env]
    return {**found.orchestrator.manifest(), **({"env": variables} if variables else {})}
