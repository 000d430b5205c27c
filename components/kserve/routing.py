"""What steps may say to a router of each type: what KServe's webhook refuses of it, and what its router would ignore.

https://github.com/kserve/kserve/blob/v0.20.0/cmd/router/main.go is how it takes them.
"""

from collections.abc import Callable, Iterator
from typing import Literal

from components.errors import Mistake
from components.kserve.condition import ALWAYS
from components.kserve.step import GraphStep

RouterType = Literal["Sequence", "Splitter", "Ensemble", "Switch"]
Steps = tuple[GraphStep, ...]
Found = Iterator[Mistake]

AFTER = {"condition", "data", "map_predictions_to_instances"}
"""What a step says about the answer of the one before it."""
READ = {
    "Sequence": {*AFTER, "dependency"},
    "Splitter": {"weight"},
    "Ensemble": {"dependency"},
    "Switch": {"condition"},
}
CHOICES = set[str]().union(*READ.values())


def refusals(router: RouterType, steps: Steps) -> Found:
    """What is wrong with the steps of a node, each with its cure."""
    for number, step in enumerate(steps):
        for field in sorted(step.model_dump(exclude_defaults=True).keys() & CHOICES - READ[router]):
            yield Mistake(("steps", number, field), f"no {router} reads it. Leave it out")
    yield from _alike(steps, numbered=router == "Ensemble")
    yield from RULES[router](steps) if router in RULES else ()


def _alike(steps: Steps, numbered: bool) -> Found:
    """Names that do not tell steps apart; a step without one is called by its number, where that matters."""
    names = [step.name or (str(number) if numbered else None) for number, step in enumerate(steps)]
    for number, name in enumerate(names):
        if name and name in names[:number]:
            yield Mistake(("steps", number), f"is called {name!r}, as steps[{names.index(name)}] is. Rename one")


def _splitter(steps: Steps) -> Found:
    missing = [number for number, step in enumerate(steps) if step.weight is None]
    yield from (Mistake(("steps", number, "weight"), "is required. Add it") for number in missing)
    if not missing and (total := sum(step.weight or 0 for step in steps)) != 100:
        yield Mistake(("steps",), f"their weights are {total} together. Make it 100")


def _switch(steps: Steps) -> Found:
    conditions = [step.condition for step in steps]
    for number, condition in enumerate(conditions):
        before = [first for first, each in enumerate(conditions[:number]) if each in (condition, ALWAYS)]
        if not condition:
            yield Mistake(("steps", number, "condition"), f"is required. Add it, or {ALWAYS} for all that is left")
        elif before:
            fact = f"is never taken, for steps[{before[0]}] is"
            yield Mistake(("steps", number), f"{fact}. Change a condition, or leave it out")


def _sequence(steps: Steps) -> Found:
    for field in sorted(steps[0].model_dump(exclude_defaults=True).keys() & AFTER):
        if (field, steps[0].data) != ("data", "$request"):
            yield Mistake(("steps", 0, field), "there is no answer before it. Leave it out")
    for number, step in enumerate(steps[1:], start=1):
        if step.map_predictions_to_instances and step.data != "$response":
            fact = "is sent the request, which has no predictions"
            yield Mistake(("steps", number, "map_predictions_to_instances"), f"{fact}. Say data: $response")


RULES: dict[RouterType, Callable[[Steps], Found]] = {"Sequence": _sequence, "Splitter": _splitter, "Switch": _switch}
