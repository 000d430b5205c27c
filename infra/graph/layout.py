"""Where everything of a diagram stands, in whole pixels, so that it is the same on every machine."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from infra.graph.diagram import Block, Box, Diagram

NAME_SIZE, TEXT_SIZE, LINE = 14, 11, 17
NAME_CHARACTER, TEXT_CHARACTER = 9.2, 6.7
"""Widths of a character: bold sans-serif on average, monospaced; of the widest of the usual fonts."""
PADDING, GAP, MARGIN = 12, 14, 28
HEADING = 32
"""Height of the line that names a diagram, a wave or a namespace."""
CHANNEL = 84
"""Between the boxes of two waves: the borders of their namespaces, and the arrows."""
MOST_LINES, MOST_CHARACTERS = 8, 44


class Area(NamedTuple):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def grown(self, by: int) -> "Area":
        """The same with `by` more on each side."""
        return Area(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


class Arrow(NamedTuple):
    """From `start` (x, y) to the right until `end` (x), in a curve at each of `turns`: (x where it begins, new y)."""

    start: tuple[int, int]
    turns: tuple[tuple[int, int], ...]
    end: int


class Layout(NamedTuple):
    """Everything that is drawn, in the area that it takes."""

    title: str
    page: Area
    waves: tuple[tuple[str, Area], ...]
    namespaces: tuple[tuple[str, Area], ...]
    shared: tuple[Area, ...]
    """Blocks of several boxes that one arrow stands for."""
    boxes: tuple[tuple[Box, Area], ...]
    arrows: tuple[Arrow, ...]


class _Grid(NamedTuple):
    """A block's boxes in columns, each read downwards."""

    columns: int
    rows: int
    box: Area

    @property
    def width(self) -> int:
        return self.columns * (self.box.width + GAP) - GAP

    @property
    def height(self) -> int:
        return self.rows * (self.box.height + GAP) - GAP

    def cells(self, x: int, y: int) -> Iterator[Area]:
        """Where the boxes stand when the block stands at (x, y)."""
        _, _, width, height = self.box
        for column in range(self.columns):
            for row in range(self.rows):
                yield Area(x + column * (width + GAP), y + row * (height + GAP), width, height)


def arrange(diagram: Diagram) -> Layout:
    """A column for each wave, a border for each namespace, and blocks near a square."""
    width = _width(box for block in diagram.blocks for box in block.boxes)
    grids = {block: _grid(block, width) for block in diagram.blocks}
    waves = _waves(grids)
    namespaces, corners = _stacked(diagram, grids, waves)
    areas = {block: Area(*corners[block], grid.width, grid.height) for block, grid in grids.items()}
    boxes = {
        box: cell
        for block in grids
        for box, cell in zip(block.boxes, grids[block].cells(*corners[block]), strict=False)
    }
    shared = {block: area.grown(GAP // 2) for block, area in areas.items() if block.after and len(block.boxes) > 1}
    right = max((area.right for area in namespaces.values()), default=MARGIN + width)
    bottom = max((area.bottom for area in namespaces.values()), default=MARGIN + HEADING)
    return Layout(
        diagram.title,
        Area(0, 0, right + MARGIN, bottom + HEADING + MARGIN),
        tuple((f"wave {wave}", area) for wave, area in waves.items()),
        tuple(namespaces.items()),
        tuple(shared.values()),
        tuple(boxes.items()),
        tuple(_arrows(boxes, waves, areas | shared)),
    )


def fitted(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that a box has room for, each shortened to its width."""
    left_out = len(lines) - MOST_LINES
    kept = (*lines[: MOST_LINES - 1], f"… {left_out + 1} more") if left_out > 0 else lines
    return tuple(shortened(line, MOST_CHARACTERS) for line in kept)


def shortened(text: str, most: int) -> str:
    """At most `most` characters, the middle left out: both ends of an image reference matter."""
    return text if len(text) <= most else f"{text[: most // 3]}…{text[-(most - most // 3 - 1) :]}"


def _width(boxes: Iterable[Box]) -> int:
    """One width for all boxes: that of the widest, within reason."""
    widths = [
        max(len(box.name) * NAME_CHARACTER, *(len(x) * TEXT_CHARACTER for x in (*box.lines, ""))) for box in boxes
    ]
    return math.ceil(min(max(widths, default=0.0), MOST_CHARACTERS * TEXT_CHARACTER)) + 2 * PADDING


def _grid(block: Block, width: int) -> _Grid:
    lines = max(len(fitted(box.lines)) for box in block.boxes)
    height = 2 * PADDING + NAME_SIZE + lines * LINE
    columns = max(1, round(math.sqrt(len(block.boxes) * height / width)))
    return _Grid(columns, math.ceil(len(block.boxes) / columns), Area(0, 0, width, height))


def _waves(grids: Mapping[Block, _Grid]) -> dict[int, Area]:
    """The column of each wave, as its heading."""
    widths: dict[int, int] = defaultdict(int)
    for block, grid in grids.items():
        widths[block.wave] = max(widths[block.wave], grid.width)
    waves, x = {}, MARGIN + PADDING
    for wave in sorted(widths):
        waves[wave] = Area(x, MARGIN + HEADING, widths[wave], HEADING)
        x += widths[wave] + CHANNEL
    return waves


def _stacked(
    diagram: Diagram, grids: Mapping[Block, _Grid], waves: Mapping[int, Area]
) -> tuple[dict[str, Area], dict[Block, tuple[int, int]]]:
    """Each namespace below those that it shares a wave with, and the upper left corner of each block."""
    free = {wave: heading.bottom for wave, heading in waves.items()}
    namespaces, corners = {}, {}
    for name in diagram.namespaces:
        blocks = [block for block in diagram.blocks if block.namespace == name]
        first, last = min(block.wave for block in blocks), max(block.wave for block in blocks)
        top = max(free[wave] for wave in range(first, last + 1))
        ends = dict.fromkeys(waves, top + HEADING)
        for block in blocks:
            corners[block] = waves[block.wave].x, ends[block.wave]
            ends[block.wave] += grids[block].height + 2 * GAP
        left, bottom = waves[first].x - PADDING, max(ends.values()) - 2 * GAP + PADDING
        namespaces[name] = Area(left, top, waves[last].right + PADDING - left, bottom - top)
        free |= dict.fromkeys(range(first, last + 1), bottom + GAP)
    return namespaces, corners


def _arrows(boxes: Mapping[Box, Area], waves: Mapping[int, Area], areas: Mapping[Block, Area]) -> Iterator[Arrow]:
    """From each need to the block that waits for it; a tall block is entered near its top."""
    at = {box.name: area for box, area in boxes.items()}
    wave_of = {box.name: block.wave for block in areas for box in block.boxes}
    for block, area in areas.items():
        entered = min(area.height, at[block.boxes[0].name].height)
        for number, need in enumerate(block.after, start=1):
            source, height = at[need], area.y + entered * number // (len(block.after) + 1)
            between = range(wave_of[need] + 1, block.wave)
            level = _clear(height, (cell for box, cell in boxes.items() if wave_of[box.name] in between))
            out, last = waves[wave_of[need]].right + PADDING, waves[block.wave].x - CHANNEL + PADDING
            turns = ((out, level), (last, height)) if level != height else ((out, height),)
            yield Arrow((source.right, source.y + source.height // 2), turns, area.x)


def _clear(wanted: int, areas: Iterable[Area]) -> int:
    """The height nearest to `wanted` at which a line runs through none of `areas`."""
    taken = {(area.y - GAP // 2, area.bottom + GAP // 2) for area in areas}
    clear = (y for y in {wanted}.union(*taken) if not any(top < y < bottom for top, bottom in taken))
    return min(clear, key=lambda y: (abs(y - wanted), y))
