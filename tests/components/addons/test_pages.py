"""Each add-on's page tells all its choices."""

from itertools import takewhile
from pathlib import Path

import pytest

from components import catalog
from components.addon import Addon
from tests.components.addons.choices import KEYS

PAGES = sorted((Path(__file__).parents[3] / "docs" / "addons").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_choice_is_on_the_page_of_its_add_on(page: Path) -> None:
    addon = catalog.kind("components.addons", page.stem, Addon)
    _, _, table = page.read_text().partition("\n| choice |")
    rows = takewhile(lambda line: line.startswith("|"), table.splitlines()[1:])
    told = {word.strip(" `").partition(".")[0] for row in rows for word in row.split("|")[1].split(",")}
    assert told - {"---"} == addon.model_fields.keys()


def test_every_add_on_has_a_page_and_a_row() -> None:
    table = (PAGES[0].parents[1] / "addons.md").read_text()
    rows = [line for line in table.splitlines() if line.startswith("| [`")]
    assert [row.split("`")[1] for row in rows] == [page.stem for page in PAGES] == list(KEYS)
