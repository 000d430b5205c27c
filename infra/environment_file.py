"""Reads Pulumi.<environment>.yaml as Pulumi does (YAML 1.2), and remembers where everything stands."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from components.errors import Invalid, Mistake, dotted, nearest
from components.mistakes import shown
from components.values import SECRET
from infra import plain_yaml
from infra.plain_yaml import wrong

SIZE_LIMIT = 128 * 1024
HALF = re.compile(r"[\ud800-\udfff]")
"""Of a character beyond 16 bits."""


class Document(NamedTuple):
    """One environment file."""

    path: Path
    config: Any

    def chosen(self, prefix: str) -> dict[str, Any]:
        """The keys below `config:` that begin with `prefix`, without it. Raises Invalid for keys that nobody reads."""
        if found := [*self._misnamed(prefix), *_unreadable(self.config, ())]:
            raise Invalid(found)
        return {
            key.removeprefix(prefix): _plain(value) for key, value in self.config.items() if str(key).startswith(prefix)
        }

    def _misnamed(self, prefix: str) -> Iterator[Mistake]:
        """The keys that only the engine would take as ours, and those whose prefix is nearly ours."""
        for key in map(str, self.config):
            namespace, colon, rest = key.partition(":")
            if not colon:
                yield Mistake((key,), f"has no prefix. Write {prefix + key!r}")
            elif f"{namespace}:" != prefix and get_close_matches(f"{namespace}:".lower(), [prefix], cutoff=0.8):
                yield Mistake((key,), f"has the prefix '{namespace}:', which nobody reads. Write {prefix + rest!r}")

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
    """The environment's file. Raises Invalid where there is none, or where it is not the YAML of one mapping."""
    if name not in (known := names(folder)):
        place = f"{nearest(name, known)}" if known else f"{folder} has no environments: name another folder (--project)"
        raise wrong(f"environment {name!r}: there is no Pulumi.{name}.yaml. {place}")
    path = folder / f"Pulumi.{name}.yaml"
    loaded = plain_yaml.load(_text(path), path.name)
    config = loaded.get("config") if isinstance(loaded, dict) else None
    if not isinstance(config, dict):
        raise wrong(f"{path.name}:1: has no mapping 'config:'. Write it, with the key 'slipway:cluster' in it")
    if _expanded(config, {}) > SIZE_LIMIT:
        raise wrong(f"{path.name}: aliases make more than {SIZE_LIMIT:,} values of it. Write out what is meant")
    return Document(path, config)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise wrong(f"{path.name} is over {SIZE_LIMIT:,} bytes. An environment is a page, not a database")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise wrong(f"{path.name} cannot be read: {error.strerror}. Mend its path or its rights") from None
    except UnicodeDecodeError as error:
        raise wrong(f"{path.name} is not UTF-8 (byte {error.start}). Save it as UTF-8") from None


def _expanded(value: Any, sizes: dict[int, int]) -> int:
    """How many values `value` is with its aliases written out."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in sizes:
        inner = value.values() if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_expanded(each, sizes) for each in inner)
    return sizes[id(value)]


def _unreadable(node: Any, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    """The keys that are neither text nor whole numbers, and the texts that no file can hold."""
    if isinstance(node, str) and HALF.search(node):
        yield Mistake(path, "holds half of a character. Write the whole of it")
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if isinstance(key, bool) or not isinstance(key, str | int):
            yield Mistake(path, f"a key must be text; got {shown(key)}. Put it in quotes")
        else:
            yield from _unreadable(value, (*path, key))


def _plain(value: Any) -> Any:
    """Without ruamel's types, and with encrypted values replaced by SECRET."""
    if isinstance(value, dict):
        return SECRET if set(value) == {"secure"} else {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
