"""Clouds are optional: each is an extra of this package, so that nobody pays for another's."""

from importlib.metadata import metadata, requires
from importlib.util import find_spec

from packaging.requirements import Requirement

from components.errors import SlipwayError

DISTRIBUTION = "slipway"


def missing(extra: str | None) -> list[str]:
    """The packages of an extra that are not installed."""
    return [name for name in _packages(extra) if not find_spec(_module(name))] if extra else []


def require(extra: str | None) -> None:
    """Raises SlipwayError where something of the extra is not installed; None is always there."""
    if lacking := missing(extra):
        raise SlipwayError(f"{', '.join(lacking)} is not installed. {cure(extra)}")


def cure(extra: str | None) -> str:
    """The command that installs an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def bringing(module: str) -> str | None:
    """The extra that `module` comes with, if any."""
    package = module.partition(".")[0]
    extras = metadata(DISTRIBUTION).get_all("Provides-Extra") or []
    return next((extra for extra in extras if package in map(_module, _packages(extra))), None)


def _packages(extra: str) -> list[str]:
    found = map(Requirement, requires(DISTRIBUTION) or ())
    return [each.name for each in found if each.marker and each.marker.evaluate({"extra": extra})]


def _module(package: str) -> str:
    return package.replace("-", "_")
