"""What a mirror must have for an environment."""

from dataclasses import replace

from components import images as found
from components.mirror import Mirror
from infra.settings import Target


def images(target: Target) -> dict[str, str | None]:
    """Every image of the environment as it is published, and as its mirror has it; None where there is no mirror."""
    mirror = target.conventions.mirror
    published = replace(target, conventions=target.conventions.model_copy(update={"mirror": Mirror()}))
    return {image: mirror.image(image) if mirror.images else None for image in found.images(published.units())}
