"""All rules there are."""

from functools import cache
from importlib import import_module
from itertools import chain, pairwise
from pkgutil import walk_packages

from . import rules
from .rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in the modules below the folder `rules`, by id; ValueError when two share one id."""
    modules = (import_module(found.name) for found in walk_packages(rules.__path__, f"{rules.__name__}."))
    everything = chain.from_iterable(vars(module).values() for module in modules)
    found = sorted((each for each in everything if isinstance(each, Rule)), key=lambda rule: rule.id)
    for one, other in pairwise(found):
        if one.id == other.id:
            raise ValueError(f"two rules have the id {one.id!r}. Rename one")
    return tuple(found)
