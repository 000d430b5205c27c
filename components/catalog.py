"""The folder is the registry: a kind exists when a module of that name does."""

import importlib
import importlib.util
import inspect
import pkgutil
import traceback
from types import ModuleType
from typing import TypeVar

from pydantic import ValidationError

from components.errors import SlipwayError, UnknownKind
from components.extras import bringing, cure

T = TypeVar("T")


class Kind:
    """What a module of such a folder defines."""

    @classmethod
    def key(cls) -> str:
        """Its name in an environment file: the module that defines it."""
        return cls.__module__.rpartition(".")[2]


def names(package: str) -> tuple[str, ...]:
    """Every kind that `package` offers, sorted."""
    path = importlib.import_module(package).__path__
    return tuple(sorted(module.name for module in pkgutil.iter_modules(path) if not module.ispkg))


def kind(package: str, name: str, of: type[T]) -> type[T]:
    """The one subclass of `of` that module `name` of `package` defines.

    Raises UnknownKind when there is no such module, SlipwayError when it fails or does not define exactly one.
    """
    module = _module(package, name)
    classes = (c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__)
    return _only([c for c in classes if issubclass(c, of)], module, f"one subclass of {of.__name__}")


def instance(package: str, name: str, of: type[T]) -> T:
    """The one instance of `of` that module `name` of `package` holds. Raises as `kind` does."""
    module = _module(package, name)
    return _only([v for v in vars(module).values() if isinstance(v, of)], module, f"one {of.__name__}")


def _module(package: str, name: str) -> ModuleType:
    if name not in (known := names(package)):
        raise UnknownKind(package, name, known)
    try:
        return importlib.import_module(f"{package}.{name}")
    except (SlipwayError, ValidationError):
        raise
    except Exception as error:
        raise SlipwayError(_failure(f"{package}.{name}", error)) from error


def _failure(module: str, error: Exception) -> str:
    """Where and why importing `module` failed, in one line."""
    if isinstance(error, ModuleNotFoundError) and (extra := bringing(error.name or "")):
        return f"module {module} needs {error.name}, which is not installed. {cure(extra)}"
    file = getattr(importlib.util.find_spec(module), "origin", None)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = lines[-1] if lines else getattr(error, "lineno", "?")
    reason = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return f"module {module} fails at line {line}: {reason}. Mend it, or install what it imports"


def _only(found: list[T], module: ModuleType, expected: str) -> T:
    if len(found) != 1:
        raise SlipwayError(f"module {module.__name__} defines {len(found)}; it must define exactly {expected}")
    return found[0]
