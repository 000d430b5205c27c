"""What parts of a custom resource share: how they are written there."""

from typing import Any, ClassVar

from pydantic import AliasGenerator, ConfigDict
from pydantic.alias_generators import to_camel

from components.values import Value


class Spelled(Value):
    """Fields in snake_case here and in camelCase there; what is left at its default is left out."""

    ours: ClassVar[set[str]] = set()
    """Fields that the definition does not have, or that are written otherwise than they are said."""

    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_camel))

    def manifest(self) -> dict[str, Any]:
        """As the definition spells it."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=self.ours)
