"""A layout as SVG: one document, no fonts, scripts or images from elsewhere."""

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from infra.graph.diagram import Box
from infra.graph.layout import (
    CHANNEL,
    HEADING,
    LINE,
    MARGIN,
    NAME_CHARACTER,
    NAME_SIZE,
    PADDING,
    TEXT_SIZE,
    Area,
    Arrow,
    Layout,
    fitted,
    shortened,
)

CURVE = CHANNEL - 3 * PADDING
TIP = 7
"""Length of an arrow's tip."""

STYLE = f"""
text {{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2937 }}
.title {{ font-size: 17px; font-weight: 600 }}
.name {{ font-size: {NAME_SIZE}px; font-weight: 600 }}
.line {{ font-size: {TEXT_SIZE}px; font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }}
.heading {{ font-size: 12px; fill: #64748b }}
.page {{ fill: #f8fafc; stroke: #cbd5e1 }}
.namespace {{ fill: #eef2f7; stroke: #cbd5e1 }}
.shared {{ fill: none; stroke: #94a3b8; stroke-dasharray: 4 3 }}
.box {{ fill: #ffffff; stroke: #cbd5e1 }}
.add-on {{ fill: #0f766e }}
.model-stack {{ fill: #4f46e5 }}
.arrow {{ fill: none; stroke: #64748b; stroke-width: 1.5 }}
.copies {{ stroke-dasharray: 4 3 }}
.tip {{ fill: #64748b }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #e5e7eb }}
.heading {{ fill: #94a3b8 }}
.page {{ fill: #0f172a; stroke: #334155 }}
.namespace {{ fill: #172033; stroke: #334155 }}
.shared {{ stroke: #64748b }}
.box {{ fill: #1e293b; stroke: #475569 }}
.add-on {{ fill: #2dd4bf }}
.model-stack {{ fill: #818cf8 }}
}}
"""
"""It paints its own page, so that it can be read on any background."""


def draw(layout: Layout) -> str:
    """The SVG document."""
    svg = page(layout.title, layout.page)
    for name, area in layout.waves:
        text(svg, "heading", area.x, area.y + HEADING // 2, name)
    for name, area in layout.namespaces:
        rectangle(svg, "namespace", area, radius=8)
        text(svg, "heading", area.x + PADDING, area.y + HEADING * 3 // 5, f"namespace {name}")
    _arrows(svg, layout.arrows)
    for area in layout.shared:
        rectangle(svg, "shared", area, radius=8)
    for box, area in layout.boxes:
        _box(svg, box, area)
    _legend(svg, layout.page)
    ElementTree.indent(svg)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def page(title: str, area: Area) -> Element:
    """An empty page with a title."""
    _, _, width, height = area
    size = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    SubElement(svg, "title").text = title
    SubElement(svg, "style").text = STYLE
    rectangle(svg, "page", area.grown(-1), radius=10)
    text(svg, "title", MARGIN, MARGIN + NAME_SIZE, title)
    return svg


def _box(svg: Element, box: Box, area: Area) -> None:
    group = SubElement(svg, "g")
    SubElement(group, "title").text = "\n".join((f"{box.role} {box.name}", *box.lines))
    rectangle(group, "box", area, radius=6)
    _bar(group, box.role, Area(area.x, area.y + 6, 4, area.height - 12))
    x, y = area.x + PADDING + 2, area.y + PADDING + NAME_SIZE - 2
    text(group, "name", x, y, shortened(box.name, int((area.width - 2 * PADDING) / NAME_CHARACTER)))
    for number, line in enumerate(fitted(box.lines), start=1):
        text(group, "line", x, y + 3 + number * LINE, line)


def _arrows(svg: Element, arrows: Iterable[Arrow]) -> None:
    for (x, y), turns, end in arrows:
        line = f"M{x} {y}"
        for bend, level in turns:
            middle = bend + CURVE // 2
            line += f"H{bend}C{middle} {y} {middle} {level} {bend + CURVE} {level}"
            y = level
        SubElement(svg, "path", {"class": "arrow", "d": f"{line}H{end - TIP}"})
        SubElement(svg, "path", {"class": "tip", "d": f"M{end} {y}l-{TIP + 2} -4v8z"})


def _legend(svg: Element, page: Area) -> None:
    x, y = MARGIN, page.bottom - MARGIN
    for role, room in (("add-on", 80), ("model stack", 110)):
        _bar(svg, role, Area(x, y - 10, 10, 10))
        text(svg, "heading", x + 16, y, role)
        x += room
    text(svg, "heading", x, y, "→ needed by")


def _bar(parent: Element, role: str, area: Area) -> None:
    rectangle(parent, role.replace(" ", "-"), area, radius=2)


def rectangle(parent: Element, style: str, area: Area, radius: int) -> None:
    """A box of class `style`."""
    numbers = {"x": area.x, "y": area.y, "width": area.width, "height": area.height, "rx": radius}
    SubElement(parent, "rect", {"class": style, **{key: str(number) for key, number in numbers.items()}})


def text(parent: Element, style: str, x: int, y: int, content: str) -> None:
    """A line of class `style`, its base line beginning at (x, y)."""
    SubElement(parent, "text", {"class": style, "x": str(x), "y": str(y)}).text = content
