"""What an add-on is: something a cluster gains once, said as data."""

from components.context import Context
from components.unit import Unit
from components.values import Value


class Addon(Value):
    """An add-on's fields are what an environment may choose about it."""

    @classmethod
    def key(cls) -> str:
        """Its name in an environment file: the module that defines it."""
        return cls.__module__.rpartition(".")[2]

    def needs(self, context: Context) -> tuple[type["Addon"], ...]:
        """The add-ons that must be ready before this one, on this cluster."""
        return ()

    def unit(self, context: Context) -> Unit:
        """The charts and objects that install it."""
        raise NotImplementedError
