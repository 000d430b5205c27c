"""What all rules say of a set of objects on an environment's terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from .exemption import Exemption, stated
from .index import Objects
from .objects import Object, is_resource
from .registry import all_rules
from .rule import Severity, Violation
from .terms import Level, Terms

Excepted = tuple[Violation, Exemption]


@dataclass(frozen=True)
class Verdict:
    """`excepted` would be violations but for an exemption; `unused` are the terms' exemptions that nothing needed."""

    violations: tuple[Violation, ...]
    excepted: tuple[Excepted, ...]
    unused: tuple[Exemption, ...]


def verdict(objects: Sequence[Object], terms: Terms | None = None) -> Verdict:
    """Every rule on all `objects`, by namespace, kind, name and rule."""
    terms = terms or Terms()
    together = Objects(objects, terms)
    spoken, excepted = divided(chain.from_iterable(rule.judge(together) for rule in all_rules()), together)
    needed = {exemption for _, exemption in excepted}
    unused = (each for each in terms.exemptions if each not in needed and _judged(each, together))
    return Verdict(tuple(sorted(spoken)), tuple(sorted(excepted, key=lambda pair: pair[0])), tuple(unused))


def _judged(exemption: Exemption, objects: Objects) -> bool:
    """Whether it lasts, and is of what was judged: a rendered environment has no resources of a cloud."""
    of_cloud = ":" in exemption.object
    return not exemption.ended(objects.terms.today) and (not of_cloud or any(map(is_resource, objects)))


def judge(objects: Sequence[Object], terms: Terms | None = None) -> list[Violation]:
    """The violations of `verdict`."""
    return list(verdict(objects, terms).violations)


def divided(found: Iterable[Violation], objects: Objects) -> tuple[list[Violation], list[Excepted]]:
    """The violations that speak, and those that are excepted, each with its exemption."""
    terms = objects.terms
    exemptions = (*terms.exemptions, *chain.from_iterable(map(stated, objects)))
    spoken, excepted = [], []
    for each in found:
        said = [exemption for exemption in exemptions if exemption.covers(each.rule, each.object)]
        if lasting := next((exemption for exemption in said if not exemption.ended(terms.today)), None):
            excepted.append((each, lasting))
        else:
            note = f"; the exception for it ended on {said[-1].until}" if said else ""
            spoken.append(replace(each, message=each.message + note, severity=severity(each.severity, terms.level)))
    return spoken, excepted


def severity(of_rule: Severity, level: Level) -> Severity:
    """How serious a rule is at a level."""
    return Severity.ADVISORY if level is Level.LAPTOP else of_rule
