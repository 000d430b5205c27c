"""What every command prints: results to stdout, everything else to stderr; coloured on a terminal, plain in a pipe."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.table import Column, Table

from components.errors import SlipwayError

UNWRAPPED = 100_000
"""Columns of what is not a terminal: another program reads it, line by line."""


def console(stream: IO[str], *, stderr: bool = False) -> Console:
    """Where `stream` leads now; a terminal's own width, and colours unless NO_COLOR is set."""
    width = None if stream.isatty() else UNWRAPPED
    return Console(stderr=stderr, highlight=False, soft_wrap=True, markup=False, width=width)


out = console(sys.stdout)
err = console(sys.stderr, stderr=True)


def table(head: Iterable[str | Column], rows: Iterable[Iterable[str]]) -> None:
    """Columns, for a reader."""
    shown = Table(*head, box=None, pad_edge=False)
    for cells in rows:
        shown.add_row(*cells)
    out.print(shown)


def as_json(value: Any) -> None:
    """The same for a script."""
    out.print(json.dumps(value, indent=2))


def lines(*content: str) -> None:
    """Text, as it is."""
    out.print(*content, sep="\n")


def line(content: str, style: str = "") -> None:
    """One line, in a colour that says what it is."""
    out.print(content, style=style or None)


def document(content: str, to: Path | None = None) -> None:
    """A file's text, into that file where one is given. Raises SlipwayError where it cannot be written."""
    if not to:
        return out.print(content, end="")
    try:
        to.write_text(content, encoding="utf-8")
    except OSError as error:
        raise SlipwayError(f"{to} cannot be written: {error.strerror}. Choose another --out") from None


def note(line: str) -> None:
    """What a reader should know beside the result."""
    err.print(line)


def error(found: Exception | str) -> None:
    """What went wrong; of the operating system's own errors, which file and why."""
    text = f"{found.filename or 'this machine'}: {found.strerror}" if isinstance(found, OSError) else str(found)
    err.print("error:", style="red", end=" ")
    err.print(text)
