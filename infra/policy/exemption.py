"""Who may break a rule, why, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from .charts import CHART
from .objects import Object, called, kind, mapping, nodes, pod

STATED = "policy.slipway/"
"""What an annotation begins with by which an object says that it may break the rule that follows, and why."""


@dataclass(frozen=True)
class Exemption:
    """Somebody's word that an object may break a rule, to the day `until`; None: as long as the object says so itself.

    `object` is spelt as a violation spells it, `*` for any text: 'Deployment models/iris', 'Deployment models/*'.
    """

    rule: str
    object: str
    reason: str
    until: date | None = None

    def __str__(self) -> str:
        until = f" until {self.until}" if self.until else ""
        return f"{self.object} may break {self.rule}{until}: {self.reason}"

    def covers(self, rule: str, object: str) -> bool:
        """Whether it speaks of this rule and this object."""
        return rule == self.rule and fnmatchcase(object, self.object)

    def ended(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today


def stated(item: Object) -> Iterator[Exemption]:
    """What an object excepts itself from; a chart, by the annotations that it is told to give to its objects."""
    for annotations in _annotations(item):
        for key in annotations:
            if key.startswith(STATED):
                yield Exemption(key.removeprefix(STATED), called(item), str(annotations[key]))


def _annotations(item: Object) -> Iterator[Object]:
    if kind(item) == CHART:
        yield from (mapping(node, "annotations") for _, node in nodes(mapping(item, "spec", "values")))
    else:
        found = pod(item)
        yield from (mapping(item, *place, "metadata", "annotations") for place in {(), found.path if found else ()})
