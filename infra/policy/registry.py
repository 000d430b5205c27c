"""All rules there are, and what they say of a set of objects."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from itertools import chain, pairwise
from pkgutil import iter_modules

from . import rules
from .index import Objects
from .objects import Object
from .rule import Rule, Violation


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in the modules of the folder `rules`, by id; ValueError when two share one id."""
    modules = (import_module(f"{rules.__name__}.{module.name}") for module in iter_modules(rules.__path__))
    everything = chain.from_iterable(vars(module).values() for module in modules)
    found = sorted((each for each in everything if isinstance(each, Rule)), key=lambda rule: rule.id)
    for one, other in pairwise(found):
        if one.id == other.id:
            raise ValueError(f"two rules have the id {one.id!r}. Rename one")
    return tuple(found)


def judge(objects: Sequence[Object]) -> list[Violation]:
    """Every violation of every rule among `objects`, by namespace, kind, name and rule."""
    together = Objects(objects)
    return sorted(chain.from_iterable(rule.judge(together) for rule in all_rules()))
