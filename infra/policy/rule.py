"""What a rule is, and what it says: a predicate over one object, one cloud resource, or all of them together.

A rule is made by decorating its predicate: `@partial(ObjectRule, id=..., severity=..., ...)`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from .index import Objects
from .objects import Object, Path, mapping, name, namespace, short_kind, show, spelt

Finding = tuple[Path, str]
"""Where in the object, and what is wrong there."""

SetFinding = tuple[Object, Path, str]
"""In which object, where in it, and what is wrong there."""


class Severity(StrEnum):
    """Whether a violation is told, or stops the deployment."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"


@dataclass(frozen=True, order=True)
class Violation:
    """One rule broken at one place; `namespace` is '' at cluster scope, `path` as in `spec.containers[0].image`."""

    namespace: str
    kind: str
    name: str
    rule: str
    path: str
    message: str
    severity: Severity

    @property
    def object(self) -> str:
        """The object, as people call it."""
        return spelt(self.kind, self.namespace, self.name)

    def __str__(self) -> str:
        return f"{self.severity} {self.rule}: {self.object}: {self.path}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """What people need to know about a predicate. `id` never changes; `reference` is the URL that demands it."""

    id: str
    severity: Severity
    title: str
    reason: str
    remedy: str
    reference: str

    @abstractmethod
    def judge(self, objects: Objects) -> Iterator[Violation]:
        """Each place among `objects` that breaks this rule."""

    def violation(self, item: Object, path: Path, message: str) -> Violation:
        """This rule, broken by `item` at `path`."""
        return Violation(namespace(item), short_kind(item), name(item), self.id, show(path), message, self.severity)


@dataclass(frozen=True)
class ObjectRule(Rule):
    """Judges each Kubernetes object on its own."""

    predicate: Callable[[Object], Iterator[Finding]]

    def judge(self, objects: Objects) -> Iterator[Violation]:
        return (self.violation(item, *finding) for item in objects.manifests for finding in self.predicate(item))


@dataclass(frozen=True)
class ResourceRule(Rule):
    """Judges the properties of each cloud resource of some types."""

    predicate: Callable[[Object], Iterator[Finding]]
    types: tuple[str, ...] = field(kw_only=True)

    def judge(self, objects: Objects) -> Iterator[Violation]:
        for item in objects.of(*self.types):
            yield from (self.violation(item, *finding) for finding in self.predicate(mapping(item, "properties")))


@dataclass(frozen=True)
class SetRule(Rule):
    """Judges all objects and resources together."""

    predicate: Callable[[Objects], Iterator[SetFinding]]

    def judge(self, objects: Objects) -> Iterator[Violation]:
        return (self.violation(*finding) for finding in self.predicate(objects))
