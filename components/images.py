"""Which container images an environment needs."""

from collections.abc import Iterable, Iterator
from typing import Any

from components.unit import Unit


def images(units: Iterable[Unit]) -> list[str]:
    """Every image of the units' own objects, each once, in the order of first use; charts bring theirs themselves."""
    found = (image for unit in units for manifest in unit.objects for image in _below(manifest))
    return list(dict.fromkeys(found))


def _below(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _below(inner)
    elif isinstance(node, dict):
        for key, inner in node.items():
            if key in ("containers", "initContainers") and isinstance(inner, list):
                yield from (container["image"] for container in inner)
            else:
                yield from _below(inner)
