"""The table of runtimes, their pages and their modules say the same."""

from itertools import takewhile
from pathlib import Path

import pytest

from components import catalog
from components.model_server import ModelServer
from components.model_stack import ModelStack

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted((DOCS / "runtimes").glob("*.md"))
SHARED = {*ModelStack.model_fields, *ModelServer.model_fields}
"""Fields that every stack or every server has, which docs/model_stacks.md explains."""


def cells(text: str, head: str) -> list[list[str]]:
    """The table that begins with `head`, without its head."""
    _, _, table = text.partition(f"\n| {head} |")
    rows = takewhile(lambda line: line.startswith("|"), table.splitlines()[2:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(cell: str) -> set[str]:
    return {part.strip(" `") for part in cell.split(",")}


def test_every_runtime_has_a_page_and_a_row() -> None:
    rows = cells((DOCS / "runtimes.md").read_text(), "runtime")
    linked = [row[0].split("`")[1] for row in rows]
    assert linked == [page.stem for page in PAGES] == list(catalog.names("components.runtimes"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_row_of_a_runtime_has_its_formats(page: Path) -> None:
    (row,) = (row for row in cells((DOCS / "runtimes.md").read_text(), "runtime") if f"`{page.stem}`" in row[0])
    formats: set[str] = {*catalog.kind("components.runtimes", page.stem, ModelStack).formats}
    assert names(row[2]) == (formats or {"any"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_field_of_a_runtime_is_on_its_page(page: Path) -> None:
    kind = catalog.kind("components.runtimes", page.stem, ModelStack)
    told: set[str] = set().union(*(names(row[0]) for row in cells(page.read_text(), "field")))
    assert told - SHARED == kind.model_fields.keys() - SHARED
