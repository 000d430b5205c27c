"""Figures as tables: on the screen, and in Markdown."""

import os
import platform
from datetime import date
from typing import NamedTuple

from rich.table import Table

HEADING = "\n\n## "
INTRODUCTION = """# Benchmarks

Made by `python -m bench [NAME...] --save FILE`, which leaves the sections of what it does not measure; do not edit.
`make bench` measures all.

Contenders run in turns, each as a whole process; figures are medians over the rounds, a ratio is the median of the
rounds' ratios. Ratios carry over to other machines, seconds do not."""


class Section(NamedTuple):
    """One benchmark's figures, as many cells in a row as columns, and how they came about."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: tuple[str, ...]


def screen(section: Section) -> Table:
    """The section as a table of rich's."""
    table = Table(title=section.title, title_justify="left", caption="\n".join(section.notes), caption_justify="left")
    for position, column in enumerate(section.columns):
        table.add_column(column, justify="right" if position else "left", overflow="fold")
    for row in section.rows:
        table.add_row(*row)
    return table


def markdown(section: Section, page: str = "") -> str:
    """The page, with `section` in place of the one of the same title, or behind all others."""
    _, *known = page.split(HEADING)
    texts = {text.partition("\n")[0]: text.strip() for text in known}
    return HEADING.join((INTRODUCTION, *(texts | {section.title: _text(section)}).values())) + "\n"


def _text(section: Section) -> str:
    place = f"{date.today().isoformat()}: {machine()}."
    lines = (section.title, "", place, "", *_table(section), "", *(f"- {note}" for note in section.notes))
    return "\n".join(lines)


def machine() -> str:
    """The size of this machine, and how busy it was."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0))
    python = platform.python_version()
    return (
        f"{cores} cores, {memory:.0f} GiB, Linux {platform.machine()}, Python {python}, load {os.getloadavg()[1]:.1f}"
    )


def aim(value: float, most: float) -> str:
    """An upper bound, and whether `value` keeps it."""
    return f"≤ {most:g} {'met' if value <= most else 'missed'}"


def _table(section: Section) -> list[str]:
    rules = ("---", *["---:"] * (len(section.columns) - 1))
    return [f"| {' | '.join(cells)} |" for cells in (section.columns, rules, *section.rows)]
