"""What a drawing of an environment shows, before anything is placed."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

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
    stacks = {stack.name: stack.summary() for stack in target.environment.stacks}
    return Diagram(f"{target.name} (cluster: {kind})", _blocks(target.units(), stacks))


def _blocks(units: Iterable[Unit], stacks: dict[str, tuple[str, ...]]) -> tuple[Block, ...]:
    blocks: dict[tuple[int, str, tuple[str, ...]], list[Box]] = {}
    for number, unit in waves(units):
        key = (number, unit.namespace.name, tuple(sorted(unit.after)))
        blocks.setdefault(key, []).append(_box(unit, stacks))
    return tuple(Block(namespace, wave, after, tuple(boxes)) for (wave, namespace, after), boxes in blocks.items())


def _box(unit: Unit, stacks: dict[str, tuple[str, ...]]) -> Box:
    if unit.name in stacks:
        return Box(unit.name, "model stack", stacks[unit.name])
    charts = tuple(f"chart {chart.name} {chart.version}" for chart in unit.charts)
    objects = (f"objects: {len(unit.objects)}",) if unit.objects else ()
    return Box(unit.name, "add-on", charts + objects)
