"""What a place of models has to offer."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

CHUNK = 1024 * 1024
"""Bytes that are read at once."""
BLOCK = 8 * CHUNK
"""Bytes that are asked for at once by clients that keep an answer in memory: what is lost where one is cut."""

Opened = tuple[int, Iterator[bytes]]
"""Where in the file it begins, for not every server can begin where it is asked to, and the bytes from there."""


class RemoteFile(NamedTuple):
    """One file of a model: `path` below the model's folder ('' where the model is this file), its size in bytes if
    known, and what changes with its content: '' where nothing tells."""

    path: str
    size: int | None
    version: str
    read: Callable[[int], Opened]
    """Opens it at a byte, to resume."""


class Wanted(NamedTuple):
    """One model of the plan; the parts of its URI, where it goes, what it must be, and how large it may be."""

    scheme: str
    place: str
    path: str
    version: str
    name: str
    uri: str
    target: str
    sha256: str | None
    bytes: int


class Refused(Exception):
    """No later attempt would do better; says why, and the cure."""
