"""Clouds are optional: each is an extra of this package, so that nobody pays for another's."""

from importlib.metadata import requires
from importlib.util import find_spec

from packaging.requirements import Requirement

from components.errors import SlipwayError


def missing(extra: str | None) -> list[str]:
    """The packages of an extra that are not installed."""
    found = map(Requirement, requires("slipway") or ())
    names = (each.name for each in found if extra and each.marker and each.marker.evaluate({"extra": extra}))
    return [name for name in names if not find_spec(name.replace("-", "_"))]


def require(extra: str | None) -> None:
    """Raises SlipwayError where something of the extra is not installed; None is always there."""
    if lacking := missing(extra):
        raise SlipwayError(f"{', '.join(lacking)} is not installed. {cure(extra)}")


def cure(extra: str | None) -> str:
    """The command that installs an extra."""
    return f"pip install 'slipway[{extra}]'"
