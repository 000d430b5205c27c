"""Which container images an environment needs."""

from collections.abc import Iterable, Iterator
from typing import Any

from components.unit import Unit

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
"""The keys of a pod's spec that list containers."""


def images(units: Iterable[Unit]) -> list[str]:
    """Every image of the units' charts and objects, each once, in the order of first use."""
    return list(dict.fromkeys(image for unit in units for image in _of(unit)))


def _of(unit: Unit) -> Iterator[str]:
    yield from (each.image for chart in unit.charts for each in chart.images)
    for manifest in unit.objects:
        yield from _below(manifest)


def _below(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _below(inner)
    elif isinstance(node, dict):
        for key, inner in node.items():
            if key in CONTAINERS and isinstance(inner, list):
                yield from (container["image"] for container in inner if "image" in container)
            elif key == "image" and is_image_volume(inner):
                yield inner["reference"]
            else:
                yield from _below(inner)


def is_image_volume(node: Any) -> bool:
    """Whether it is what a pod's volume says of the image that it shows."""
    return isinstance(node, dict) and node.keys() == {"reference", "pullPolicy"}
