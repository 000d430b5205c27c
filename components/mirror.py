"""Where charts and images come from when they may not come from their publishers."""

from functools import reduce
from typing import Any

from pydantic import field_validator

from components.images import CONTAINERS, is_image_volume
from components.unit import Chart, ChartImage, KubernetesObject, Unit
from components.values import Value, is_registry, merged, split_image


class Mirror(Value):
    """`charts`: an OCI registry (oci://HOST/PATH), an HTTP repository or a folder of NAME-VERSION.tgz; it has them all.

    `images`: HOST/PATH below which each image stands under its full name: docker.io/istio/pilot:1.30.0 is
    HOST/PATH/docker.io/istio/pilot:1.30.0, as `skopeo sync --scoped` writes it.
    """

    charts: str | None = None
    images: str | None = None

    @field_validator("charts")
    @classmethod
    def _known_place(cls, charts: str | None) -> str | None:
        if charts is not None and not charts.startswith(("oci://", "https://", "http://", "/", "./", "~/")):
            raise ValueError("must be oci://HOST/PATH, an https:// repository, or the path of a folder")
        return charts.rstrip("/") if charts else charts

    @field_validator("images")
    @classmethod
    def _no_scheme(cls, images: str | None) -> str | None:
        if images is not None and not is_registry(images.strip("/")):
            raise ValueError("must be HOST/PATH without a scheme, such as registry.example.com/mirror")
        return images.strip("/") if images else images

    def unit(self, unit: Unit) -> Unit:
        """The same unit, with nothing left of where its charts and images were published."""
        if not (self.charts or self.images):
            return unit
        update = {"charts": tuple(map(self._chart, unit.charts)), "objects": tuple(map(self.object, unit.objects))}
        return unit.model_copy(update=update)

    def object(self, manifest: KubernetesObject) -> KubernetesObject:
        """The same object, its containers' images from the mirror."""
        return dict(self._below(manifest)) if self.images else manifest

    def image(self, image: str) -> str:
        """The reference under which the mirror has an image."""
        return f"{self.images}/{image}" if self.images else image

    def _chart(self, chart: Chart) -> Chart:
        values = reduce(merged, map(self._values, chart.images), chart.values) if self.images else chart.values
        images = tuple(each.model_copy(update={"image": self.image(each.image)}) for each in chart.images)
        update = {"repository": self.charts or chart.repository, "values": values, "images": images}
        return chart.model_copy(update=update)

    def _values(self, image: ChartImage) -> dict[str, Any]:
        repository, tag = split_image(self.image(image.image))
        registry, _, path = repository.partition("/")
        known = {"repository": repository, "parent": repository.rpartition("/")[0], "tag": tag}
        known |= {"registry": registry, "path": path, "image": self.image(image.image)}
        return reduce(merged, (nested(key, text.format(**known)) for key, text in image.paths.items()), {})

    def _below(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._below(each) for each in node]
        if not isinstance(node, dict):
            return node
        if is_image_volume(node):
            return {**node, "reference": self.image(node["reference"])}
        return {
            key: [self._container(each) for each in inner] if key in CONTAINERS else self._below(inner)
            for key, inner in node.items()
        }

    def _container(self, container: KubernetesObject) -> KubernetesObject:
        """An operator puts an image of its own into a container that says none."""
        return {**container, "image": self.image(container["image"])} if "image" in container else container


def nested(key: str, value: Any) -> dict[str, Any]:
    """`a.b: x` as {a: {b: x}}."""
    for part in reversed(key.split(".")):
        value = {part: value}
    return dict(value)
