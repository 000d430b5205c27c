from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.observability.dashboards import dashboards
from components.observability.grafana import Dashboard
from infra.graph.dashboard import MARGIN, svg

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("dashboard", dashboards("models"), ids=lambda each: each.name)
def test_the_picture_in_the_documentation_is_up_to_date(dashboard: Dashboard) -> None:
    cure = f"write infra.graph.dashboard.svg of {dashboard.name} there"
    assert (IMAGES / f"{dashboard.name}.svg").read_text() == svg(dashboard), cure


@pytest.mark.parametrize("dashboard", dashboards("models"), ids=lambda each: each.name)
def test_every_panel_is_drawn_with_what_it_asks(dashboard: Dashboard) -> None:
    drawn = ElementTree.fromstring(svg(dashboard))
    titles = [each.text or "" for each in drawn.iter(f"{SVG}title")][1:]
    assert titles == ["\n".join([panel.title, *(q.expr for q in panel.queries)]) for panel in dashboard.panels]


@pytest.mark.parametrize("dashboard", dashboards("models"), ids=lambda each: each.name)
def test_nothing_is_written_outside_of_its_panel(dashboard: Dashboard) -> None:
    drawn = ElementTree.fromstring(svg(dashboard))
    for group in drawn.iter(f"{SVG}g"):
        (rectangle,) = group.iter(f"{SVG}rect")
        left, top, width, height = (int(rectangle.attrib[key]) for key in ("x", "y", "width", "height"))
        assert left >= MARGIN
        assert left + width <= int(drawn.attrib["width"]) - MARGIN
        for text in group.iter(f"{SVG}text"):
            assert left < int(text.attrib["x"])
            assert top < int(text.attrib["y"]) < top + height


def test_a_picture_is_the_same_each_time_and_asks_nobody() -> None:
    serving, _ = dashboards("models")
    assert svg(serving) == svg(serving)
    assert "href" not in svg(serving)
