"""Reads Pulumi.<environment>.yaml as Pulumi does (YAML 1.2), and remembers where everything stands."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from components.errors import Invalid, Mistake, SlipwayError, dotted, nearest
from components.values import SECRET

SIZE_LIMIT = 1024 * 1024


class Document(NamedTuple):
    """One environment file."""

    path: Path
    config: Any

    def chosen(self, prefix: str) -> dict[str, Any]:
        """The keys below `config:` that begin with `prefix`, without it. Raises Invalid for one without any prefix."""
        if bare := [str(key) for key in self.config if ":" not in str(key)]:
            raise Invalid(Mistake((key,), f"has no prefix. Write {prefix + key!r}") for key in bare)
        return {
            key.removeprefix(prefix): _plain(value) for key, value in self.config.items() if str(key).startswith(prefix)
        }

    def located(self, error: Invalid) -> Invalid:
        """The same mistakes, each with the line where it stands, in the order of the file."""
        lined = sorted((self.line(mistake.path), dotted(mistake.path), mistake.message) for mistake in error.mistakes)
        return Invalid(Mistake((), f"{self.path.name}:{line}: {path}: {message}") for line, path, message in lined)

    def line(self, path: Iterable[str | int]) -> int:
        """Where `path` stands, or as much of it as is there."""
        node, line = self.config, 1
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1 if part in (node.lc.data or ()) else line
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
            else:
                break
            node = node[part]
        return line


def names(folder: Path) -> list[str]:
    """The environments that `folder` has."""
    return sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in folder.glob("Pulumi.*.yaml"))


def read(name: str, folder: Path) -> Document:
    """The environment's file. Raises SlipwayError where there is none, or where it is not the YAML of one mapping."""
    if name not in (known := names(folder)):
        raise SlipwayError(f"environment {name!r}: there is no Pulumi.{name}.yaml. {nearest(name, known)}")
    path = folder / f"Pulumi.{name}.yaml"
    loaded = _parse(path)
    config = loaded.get("config") if isinstance(loaded, dict) else None
    if not isinstance(config, dict):
        raise SlipwayError(f"{path.name} has no mapping 'config:'. Write it, with the key 'slipway:cluster' in it")
    if _expanded(config, {}) > SIZE_LIMIT:
        raise SlipwayError(f"{path.name}: aliases make more than {SIZE_LIMIT:,} values of it. Write out what is meant")
    return Document(path, config)


def _parse(path: Path) -> Any:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise SlipwayError(f"{path.name} is over {SIZE_LIMIT:,} bytes. An environment is a page, not a database")
        return YAML().load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SlipwayError(f"{path.name} cannot be read: {error.strerror}. Mend its path or its rights") from None
    except RecursionError:
        raise SlipwayError(f"{path.name} is nested too deeply. An environment needs a dozen levels") from None
    except UnicodeDecodeError as error:
        raise SlipwayError(f"{path.name} is not UTF-8 (byte {error.start}). Save it as UTF-8") from None
    except DuplicateKeyError as error:
        raise SlipwayError(f"{_place(path, error)}: {str(error.problem).split(' with value')[0]}. Keep one") from None
    except MarkedYAMLError as error:
        raise SlipwayError(f"{_place(path, error)}: not YAML: {error.problem}. Mend that line") from None
    except (YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Beside its own errors, the parser lets those of the values that it builds pass: of a tag, of a date.
        raise SlipwayError(f"{path.name}: not YAML: {' '.join(str(error).split())}. Mend it") from None


def _place(path: Path, error: MarkedYAMLError) -> str:
    return f"{path.name}:{error.problem_mark.line + 1}" if error.problem_mark else path.name


def _expanded(value: Any, sizes: dict[int, int]) -> int:
    """How many values `value` is with its aliases written out."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in sizes:
        inner = value.values() if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_expanded(each, sizes) for each in inner)
    return sizes[id(value)]


def _plain(value: Any) -> Any:
    """Without ruamel's types, and with encrypted values replaced by SECRET."""
    if isinstance(value, dict):
        return SECRET if set(value) == {"secure"} else {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
