"""The folder is the registry: a kind exists when a module of that name does."""

import importlib
import importlib.util
import inspect
import pkgutil
import re
import traceback
from collections.abc import Mapping
from types import ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from components.errors import Invalid, Mistake, SlipwayError, UnknownKind
from components.extras import bringing, cure
from components.mistakes import mistakes

T = TypeVar("T")
FROM_FILE = r" \(\S+\)$"
"""What Python adds to the name of a module that lacks something."""


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
    except SlipwayError:
        raise
    except ValidationError as error:
        file, line, known_there = _place(f"{package}.{name}", error)
        found = mistakes(error, known_there.get(error.title, BaseModel))
        raise Invalid(Mistake((), f"{file}:{line}: {mistake}") for mistake in found) from error
    except (Exception, SystemExit) as error:
        raise SlipwayError(_failure(f"{package}.{name}", error)) from error


def _failure(module: str, error: BaseException) -> str:
    """Where and why importing `module` failed, in one line."""
    if isinstance(error, ModuleNotFoundError) and (extra := bringing(error.name or "")):
        return f"module {module} needs {error.name}, which is not installed. {cure(extra)}"
    file, line, _ = _place(module, error)
    what = str(getattr(error, "msg", None) or error)
    reason = " ".join(f"{type(error).__name__}: {re.sub(FROM_FILE, '', what)}".split()).removesuffix(":")
    return f"{file}:{line}: {reason}. {'Install it, or mend' if isinstance(error, ImportError) else 'Mend'} that line"


def _place(module: str, error: BaseException) -> tuple[str, int, Mapping[str, Any]]:
    """The file of a module, the line of it where an error came up, and what it knew there."""
    path = importlib.util.find_spec(module).origin  # type: ignore[union-attr]  # it was found
    frames = [each for each in traceback.walk_tb(error.__traceback__) if each[0].f_code.co_filename == path]
    file = f"{module.replace('.', '/')}.py"
    return (file, frames[-1][1], frames[-1][0].f_globals) if frames else (file, getattr(error, "lineno", None) or 1, {})


def _only(found: list[T], module: ModuleType, expected: str) -> T:
    if len(found) != 1:
        file = f"{module.__name__.replace('.', '/')}.py"
        raise SlipwayError(f"{file} must define exactly {expected}, and defines {len(found)}. Add or remove some")
    return found[0]
