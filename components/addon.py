"""What an add-on is: something a cluster gains once, said as data."""

from collections.abc import Iterator

from components.catalog import Kind
from components.context import Context, Conventions
from components.errors import Mistake
from components.unit import Unit
from components.values import Value


class Addon(Kind, Value):
    """An add-on's fields are what an environment may choose about it."""

    def needs(self, context: Context) -> tuple[type["Addon"], ...]:
        """The add-ons that must be ready before this one, on this cluster."""
        return ()

    def claims(self, context: Context) -> tuple[str, ...]:
        """What only one add-on of a cluster can be, such as "default ingress class" or "host lab.example.it"."""
        return ()

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        """What keeps it from working on this cluster, each with its cure and the path of the field below its own."""
        yield from ()

    def conventions(self, given: Conventions) -> Conventions:
        """The conventions of an environment that has it: what all units must know about it, such as a mesh."""
        return given

    def unit(self, context: Context) -> Unit:
        """The charts and objects that install it."""
        raise NotImplementedError
