"""What a drawing of an environment shows, before anything is placed."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from components.model_stack import ModelStack
from components.unit import Unit, waves
from infra.settings import Target


class Box(NamedTuple):
    """One unit, as words."""

    name: str
    role: Literal["add-on", "model stack"]
    lines: tuple[str, ...]


class Block(NamedTuple):
    """Boxes of one namespace that are installed in the same wave (1, 2, ...) and wait for the same units."""

    namespace: str
    wave: int
    after: tuple[str, ...]
    boxes: tuple[Box, ...]


class Diagram(NamedTuple):
    """Every box of an environment, in blocks; a block comes after those that it waits for."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Each namespace once, in the order of the blocks."""
        return tuple(dict.fromkeys(block.namespace for block in self.blocks))


def diagram(target: Target) -> Diagram:
    """The environment `target`. Raises Invalid as `Target.units` does."""
    kind = target.cluster.kind.key()
    stacks = {stack.name: _versions(stack) for stack in target.environment.stacks}
    return Diagram(f"{target.name} (cluster: {kind})", _blocks(target.units(), stacks))


def _versions(stack: ModelStack) -> tuple[Box, ...]:
    """The stack, and its candidate where it has one."""
    return tuple(Box(each.name, "model stack", each.summary()) for each in stack.versions)


def _blocks(units: Iterable[Unit], stacks: dict[str, tuple[Box, ...]]) -> tuple[Block, ...]:
    blocks: dict[tuple[int, str, tuple[str, ...]], list[Box]] = {}
    for number, unit in waves(units):
        key = (number, unit.namespace.name, tuple(sorted(unit.after)))
        blocks.setdefault(key, []).extend(stacks.get(unit.name) or [_add_on(unit)])
    return tuple(Block(namespace, wave, after, tuple(boxes)) for (wave, namespace, after), boxes in blocks.items())


def _add_on(unit: Unit) -> Box:
    charts = tuple(f"chart {chart.name} {chart.version}" for chart in unit.charts)
    objects = (f"objects: {len(unit.objects)}",) if unit.objects else ()
    return Box(unit.name, "add-on", charts + objects)
