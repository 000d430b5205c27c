"""A dashboard as SVG: where each panel stands, what it is called and what it asks. No data: nothing was measured."""

from textwrap import wrap
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from components.observability.grafana import Dashboard
from infra.graph.layout import Area, shortened

COLUMN, LINE = 44, 30
"""Pixels of a column and of a row of Grafana's grid: they are 24 columns."""
MARGIN, PADDING, HEADING = 24, 10, 34
CHARACTER = 6.1
"""Width of a character of a query."""
QUERY_LINES = 11

STYLE = """
text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2937 }
.title { font-size: 17px; font-weight: 600 }
.row { font-size: 13px; font-weight: 600 }
.name { font-size: 13px; font-weight: 600 }
.unit { font-size: 11px; fill: #64748b }
.query { font-size: 10px; font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #0f766e }
.page { fill: #f8fafc; stroke: #cbd5e1 }
.panel { fill: #ffffff; stroke: #cbd5e1 }
@media (prefers-color-scheme: dark) {
text { fill: #e5e7eb }
.unit { fill: #94a3b8 }
.query { fill: #2dd4bf }
.page { fill: #0f172a; stroke: #334155 }
.panel { fill: #1e293b; stroke: #475569 }
}
"""


def svg(dashboard: Dashboard) -> str:
    """A self-contained SVG document."""
    panels = dashboard.model()["panels"]
    width = 24 * COLUMN + 2 * MARGIN
    height = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in panels) * LINE + HEADING + 2 * MARGIN
    size = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    page = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    SubElement(page, "title").text = dashboard.title
    SubElement(page, "style").text = STYLE
    _rectangle(page, "page", Area(1, 1, width - 2, height - 2))
    _text(page, "title", MARGIN, MARGIN + 16, dashboard.title)
    for panel in panels:
        (_row if panel["type"] == "row" else _panel)(page, panel, _area(panel["gridPos"]))
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def _area(place: dict[str, int]) -> Area:
    top = MARGIN + HEADING + place["y"] * LINE
    return Area(MARGIN + place["x"] * COLUMN, top, place["w"] * COLUMN, place["h"] * LINE).grown(-4)


def _row(page: Element, panel: dict[str, Any], area: Area) -> None:
    _text(page, "row", area.x, area.bottom - PADDING, panel["title"])


def _panel(page: Element, panel: dict[str, Any], area: Area) -> None:
    group = SubElement(page, "g")
    SubElement(group, "title").text = "\n".join([panel["title"], *(each["expr"] for each in panel["targets"])])
    _rectangle(group, "panel", area)
    x, y = area.x + PADDING, area.y + PADDING + 12
    _text(group, "name", x, y, shortened(panel["title"], area.width // 9))
    _text(group, "unit", x, y + 17, panel["fieldConfig"]["defaults"]["unit"])
    for number, line in enumerate(_lines(panel, int((area.width - 2 * PADDING) / CHARACTER))[:QUERY_LINES]):
        _text(group, "query", x, y + 38 + number * 16, line)


def _lines(panel: dict[str, Any], width: int) -> list[str]:
    return [line for each in panel["targets"] for line in wrap(each["expr"], width)]


def _rectangle(parent: Element, style: str, area: Area) -> None:
    numbers = {"x": area.x, "y": area.y, "width": area.width, "height": area.height, "rx": 6}
    SubElement(parent, "rect", {"class": style, **{key: str(number) for key, number in numbers.items()}})


def _text(parent: Element, style: str, x: int, y: int, text: str) -> None:
    SubElement(parent, "text", {"class": style, "x": str(x), "y": str(y)}).text = text
