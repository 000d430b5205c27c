"""Draws the way that requests take through a model stack: a tree that grows to the right."""

import math
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from components.picture import Step
from infra.graph import escaped
from infra.graph.drawing import TIP, page, rectangle, text
from infra.graph.layout import (
    GAP,
    HEADING,
    LINE,
    MARGIN,
    MOST_CHARACTERS,
    NAME_CHARACTER,
    NAME_SIZE,
    PADDING,
    TEXT_CHARACTER,
    Area,
    shortened,
)

ARROW = 76
"""Between two columns: an arrow, and which requests take it."""


class Placed(NamedTuple):
    """A step, and where it stands; `then` as its own."""

    step: Step
    area: Area
    then: "tuple[Placed, ...]"

    def walk(self) -> "Iterator[Placed]":
        """It and all that follows it."""
        yield self
        for each in self.then:
            yield from each.walk()


def place(root: Step) -> Placed:
    """A column for each step on the way, every step in the middle of those that follow it."""
    widths = _widths(root)
    lines = max(len(each.lines) for each in _walk(root))
    box = Area(0, 0, 0, 2 * PADDING + NAME_SIZE + lines * LINE)
    rows = count(MARGIN + HEADING, box.height + GAP)

    def put(step: Step, depth: int) -> Placed:
        then = tuple(put(each, depth + 1) for each in step.then)
        y = (then[0].area.y + then[-1].area.y) // 2 if then else next(rows)
        return Placed(step, Area(MARGIN + sum(widths[:depth]) + depth * ARROW, y, widths[depth], box.height), then)

    return put(root, 0)


def svg(title: str, root: Step) -> str:
    """A self-contained SVG document."""
    placed = place(root)
    areas = [each.area for each in placed.walk()]
    right, bottom = max(each.right for each in areas), max(each.bottom for each in areas)
    drawn = page(title, Area(0, 0, right + MARGIN, bottom + MARGIN))
    for each in placed.walk():
        for following in each.then:
            _arrow(drawn, each.area, following)
        _box(drawn, each)
    ElementTree.indent(drawn)
    return ElementTree.tostring(drawn, encoding="unicode") + "\n"


def mermaid(root: Step) -> str:
    """A Mermaid flowchart."""
    names = {id(step): f"step_{number}" for number, step in enumerate(_walk(root))}
    lines = ["flowchart LR"]
    for step in _walk(root):
        lines.append(f'{names[id(step)]}["{"<br>".join(map(escaped, (step.title, *step.lines)))}"]')
        for each in step.then:
            label = f'|"{escaped(each.share)}"|' if each.share else ""
            lines.append(f"{names[id(step)]} {'-.->' if each.copies else '-->'}{label} {names[id(each)]}")
    return "\n".join([*lines, ""])


def _walk(step: Step) -> Iterator[Step]:
    yield step
    for each in step.then:
        yield from _walk(each)


def _widths(root: Step) -> list[int]:
    """Of each column: that of its widest step, within reason."""
    found, column = [], [root]
    while column:
        needs = [len(each.title) * NAME_CHARACTER for each in column]
        needs += [len(line) * TEXT_CHARACTER for each in column for line in each.lines]
        found.append(math.ceil(min(max(needs), MOST_CHARACTERS * TEXT_CHARACTER)) + 2 * PADDING)
        column = [following for each in column for following in each.then]
    return found


def _box(parent: Element, placed: Placed) -> None:
    step, area = placed.step, placed.area
    group = SubElement(parent, "g")
    SubElement(group, "title").text = "\n".join((step.title, *step.lines))
    rectangle(group, "box", area, radius=6)
    x, y = area.x + PADDING, area.y + PADDING + NAME_SIZE - 2
    text(group, "name", x, y, shortened(step.title, int((area.width - 2 * PADDING) / NAME_CHARACTER)))
    for number, line in enumerate(step.lines, start=1):
        text(group, "line", x, y + 3 + number * LINE, shortened(line, MOST_CHARACTERS))


def _arrow(parent: Element, start: Area, to: Placed) -> None:
    """From the middle of a box to the middle of another, its share above its end."""
    x, y, end = start.right, start.y + start.height // 2, to.area.x
    level, bend = to.area.y + to.area.height // 2, x + ARROW // 4
    style = "arrow copies" if to.step.copies else "arrow"
    line = f"M{x} {y}C{bend} {y} {x} {level} {bend} {level}H{end - TIP}"
    SubElement(parent, "path", {"class": style, "d": line})
    SubElement(parent, "path", {"class": "tip", "d": f"M{end} {level}l-{TIP + 2} -4v8z"})
    if to.step.share:
        text(parent, "heading", x + ARROW // 3, level - 6, to.step.share)
