"""Predictors and their graphs, for a picture."""

from collections.abc import Iterator

from components.picture import Step
from components.seldon import rules
from components.seldon.graph import Graph
from components.seldon.predictor import Predictor


def predictors(found: tuple[Predictor, ...]) -> tuple[Step, ...]:
    """Each with its share of the requests, where there are several."""
    if len(found) == 1:
        return (node(found[0].graph),)
    return tuple(_predictor(each) for each in found)


def shares(found: tuple[Predictor, ...]) -> Iterator[str]:
    """Which of the requests each gets, in words, where there are several."""
    for each in found if len(found) > 1 else ():
        yield f"{each.name}: {'shadow' if each.shadow else f'{each.traffic} %'}"


def node(found: Graph, share: str = "") -> Step:
    """A node, and what follows it."""
    shares = _halves(found) if found.implementation == rules.SPLIT else [""] * len(found.children)
    then = tuple(node(child, part) for child, part in zip(found.children, shares, strict=True))
    return Step(found.name, (role(found),), share, then=then)


def role(found: Graph) -> str:
    """What a node is, in two words."""
    if found.model:
        return f"{found.model.format} model"
    if found.implementation == rules.SPLIT:
        return "A/B test"
    return (rules.server(found) or found.type or "model").lower().replace("_", " ")


def _predictor(found: Predictor) -> Step:
    # Seldon copies every request to a shadow that says no share.
    share = (found.traffic or 100) if found.shadow else found.traffic
    kind = "shadow" if found.shadow else "predictor"
    return Step(found.name, (kind,), f"{share} %", copies=found.shadow, then=(node(found.graph),))


def _halves(found: Graph) -> list[str]:
    ratio = float(found.parameters[0].value) if found.parameters else 0.5
    return [f"{share:.3g} %" for share in (100 * ratio, 100 * (1 - ratio))]
