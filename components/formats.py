"""Which runtime serves what."""

from collections.abc import Collection, Iterator, Mapping

from components import catalog
from components.errors import Mistake
from components.model import Format, Model

_RUNTIMES = "components.runtimes"


def runtimes(format: Format) -> tuple[str, ...]:
    """The runtimes that serve models of `format`, by name."""
    kinds = ((name, catalog.kind(_RUNTIMES, name, catalog.Kind)) for name in catalog.names(_RUNTIMES))
    return tuple(name for name, kind in kinds if format in getattr(kind, "formats", ()))


def refusals(models: Mapping[str, Model], runtime: str, formats: Collection[Format]) -> Iterator[Mistake]:
    """What to say of each of `models` that `runtime` does not serve."""
    serves = f"runtime {runtime!r} serves {', '.join(sorted(formats))}"
    for name, model in models.items():
        if model.format not in formats:
            yield Mistake((name, "format"), f"{serves}; got {model.format!r}. {_cure(model.format)}")


def _cure(format: Format) -> str:
    found = runtimes(format)
    return f"Use runtime {' or '.join(map(repr, found))}" if found else "Save it in one of these formats"
