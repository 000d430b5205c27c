"""Images, wherever an object names them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .charts import CHART
from .objects import Object, Path, entries, get, is_custom, kind, mapping, nodes, pod

HUB = "docker.io"
"""The registry of a name that says none."""


class Image(NamedTuple):
    """A reference such as 'docker.io/seldonio/mlserver:1.7.1@sha256:…', taken apart; '' for what it leaves out."""

    registry: str
    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        tag, digest = (f":{self.tag}" if self.tag else ""), (f"@{self.digest}" if self.digest else "")
        return f"{self.registry}/{self.repository}{tag}{digest}"

    def within(self, places: Iterable[str]) -> bool:
        """Whether it lies in one of `places`, each a registry or more of the path."""
        return any(f"{self.registry}/{self.repository}/".startswith(f"{each.rstrip('/')}/") for each in places)


def parsed(reference: str) -> Image:
    """https://pkg.go.dev/github.com/distribution/reference"""
    name, _, digest = reference.partition("@")
    host, slash, rest = name.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = HUB, name
    repository, _, tag = rest.partition(":")
    return Image(host, repository, tag, digest)


def of(item: Object, *, charts: bool = True) -> Iterator[tuple[Path, Image]]:
    """Every image of a workload's containers, of those in a custom resource, or among the values of a chart."""
    if kind(item) == CHART:
        return _valued(item) if charts else iter(())
    if found := pod(item):
        return (((*path, "image"), parsed(str(each.get("image") or ""))) for path, each in found.containers)
    return _custom(item) if is_custom(item) else iter(())


def _custom(item: Object) -> Iterator[tuple[Path, Image]]:
    """An operator brings the images that are left out."""
    for path, node in nodes(mapping(item, "spec"), ("spec",)):
        for field in ("initContainers", "containers"):
            for index, container in enumerate(entries(node, field)):
                if image := get(container, "image"):
                    yield (*path, field, index, "image"), parsed(str(image))


def _valued(chart: Object) -> Iterator[tuple[Path, Image]]:
    """Values name an image by its repository (or name, or image) and its tag."""
    for path, node in nodes(mapping(chart, "spec", "values"), ("spec", "values")):
        names = [node[key] for key in ("repository", "name", "image") if isinstance(node.get(key), str)]
        tags = [node[key] for key in ("tag", "defaultImageVersion") if node.get(key)]
        if names and tags:
            yield path, parsed("/".join(filter(None, (node.get("registry"), f"{names[0]}:{tags[0]}"))))
