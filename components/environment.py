"""An environment, said whole: pure, checked, in the order it is built."""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from graphlib import CycleError, TopologicalSorter

from components.addon import Addon
from components.context import Context
from components.errors import Invalid, Mistake, nearest
from components.model_stack import ModelStack
from components.unit import Namespace, Unit
from components.values import Value


class Environment(Value):
    """The add-ons and model stacks of one cluster."""

    addons: tuple[Addon, ...] = ()
    stacks: tuple[ModelStack, ...] = ()

    def units(self, context: Context) -> Iterator[Unit]:
        """Every unit, each after the units that it waits for; add-ons before models.

        Raises Invalid, before the first unit, with every mistake that several values make together.
        """
        context = self._agreed(context)
        built = [addon.unit(context) for addon in self.addons]
        alone = (*self._missing(context), *self._unfit(context), *self._unreadable(context))
        together = (*self._twice(built), *self._disagreeing(built, context), *self._fighting(context))
        if found := (*alone, *together, *self._unanswered(context)):
            raise Invalid(found)
        units = {type(addon): unit for addon, unit in zip(self.addons, built, strict=True)}
        mirror = context.conventions.mirror
        for kind in self._order(context):
            yield mirror.unit(_after(self._installed[kind].needs(context), units, units[kind]))
        for stack in self.stacks:
            yield mirror.unit(_after(stack.needs(context), units, stack.unit(context)))

    @property
    def _installed(self) -> dict[type[Addon], Addon]:
        return {type(addon): addon for addon in self.addons}

    def _agreed(self, context: Context) -> Context:
        """The context with what its add-ons make a convention."""
        agreed = reduce(lambda given, addon: addon.conventions(given), self.addons, context.conventions)
        return context.model_copy(update={"conventions": agreed})

    def _order(self, context: Context) -> list[type[Addon]]:
        graph = {type(addon): addon.needs(context) for addon in self.addons}
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = " -> ".join(kind.key() for kind in error.args[1])
            raise Invalid([Mistake(("addons",), f"wait for each other: {circle}. Remove one `needs`")]) from None

    def _missing(self, context: Context) -> Iterator[Mistake]:
        for path, item in self._items():
            for need in item.needs(context):
                if need not in self._installed:
                    key = need.key()
                    yield Mistake(path, f"needs the add-on {key!r}, which is left out. Add '{key}: {{}}' to addons")

    def _unfit(self, context: Context) -> Iterator[Mistake]:
        for path, item in self._items():
            yield from (each.below(*path) for each in item.mistakes(context))

    def _unreadable(self, context: Context) -> Iterator[Mistake]:
        versions = (version for stack in self.stacks for version in stack.versions)
        for stack in versions:
            if strange := set(stack.stores) - set(stack.by_identity(context)) if not stack.credentials else ():
                fact = f"reads {', '.join(sorted(strange))}, for which this cluster gives its pods no identity"
                cure = "Say `credentials`: a Secret whose keys are what the store's client reads from its environment"
                yield Mistake(("models", stack.part_of), f"{fact}. {cure}")

    def _twice(self, built: list[Unit]) -> Iterator[Mistake]:
        names = [unit.name for unit in built] + [stack.name for stack in self.stacks]
        for name, times in Counter(names).items():
            if times > 1:
                yield Mistake(("models", name), f"{times} units of this environment have the name {name!r}. Rename one")

    def _disagreeing(self, built: list[Unit], context: Context) -> Iterator[Mistake]:
        spaces: dict[str, Namespace] = {}
        for addon, space in zip(self.addons, (unit.namespace for unit in built), strict=True):
            if space.name == context.models.name:
                fact = f"{space.name!r} belongs to the add-on {addon.key()!r}"
                yield Mistake(("namespace",), f"{fact}. Choose a namespace of the models' own")
            elif (first := spaces.setdefault(space.name, space)) != space:
                levels = f"{space.pod_security} and {first.pod_security}"
                message = f"wants namespace {space.name!r} with another pod security than its neighbour ({levels})"
                yield Mistake(("addons", addon.key()), f"{message}. Give it a namespace of its own")

    def _fighting(self, context: Context) -> Iterator[Mistake]:
        claimed: dict[str, tuple[str, str]] = {}
        for path, item in self._items():
            for claim in item.claims(context):
                if (first := claimed.setdefault(claim, path)) != path:
                    fact = f"is the {claim}, as {first[-1]!r} is"
                    yield Mistake(path, f"{fact}. Change one of the two, or leave it out")

    def _unanswered(self, context: Context) -> Iterator[Mistake]:
        claimed = {claim for _, item in self._items() for claim in item.claims(context)}
        for stack in self.stacks:
            for place, asked in stack.asks(context).items():
                if asked not in claimed:
                    known = [claim for claim in claimed if claim.startswith(asked.partition(" ")[0])]
                    cure = nearest(asked, known) if known else "Add that stack to models"
                    fact = f"calls {asked}, which no stack of this environment is"
                    yield Mistake(("models", stack.name, *place), f"{fact}. {cure}")

    def _items(self) -> Iterator[tuple[tuple[str, str], Addon | ModelStack]]:
        yield from ((("addons", addon.key()), addon) for addon in self.addons)
        yield from ((("models", stack.name), stack) for stack in self.stacks)


def _after(needs: tuple[type[Addon], ...], units: dict[type[Addon], Unit], unit: Unit) -> Unit:
    return unit.model_copy(update={"after": tuple(units[need].name for need in needs)}) if needs else unit
