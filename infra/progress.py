"""Carries out steps with a live list: what runs, how long, and the last thing it said."""

import sys
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from components.errors import SlipwayError
from sandbox import SandboxError, Step, paths

console = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


class StepFailed(SlipwayError):
    """A step's own error, and where all that was printed stands."""

    def __init__(self, step: Step, error: Exception, log: Path) -> None:
        super().__init__(f"{step.title}: {error}\nEverything that was printed: {log}")


def perform(steps: Iterable[Step]) -> None:
    """Run `steps` one after the other; raises StepFailed at the first that fails.

    On a terminal the list is live; elsewhere each step is one line when it ends.
    """
    log = paths.logs() / f"slipway-{datetime.now():%Y%m%d-%H%M%S}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    shown = _List(log)
    with log.open("w", buffering=1) as stream, Live(shown, console=console, transient=True, refresh_per_second=8):
        for step in steps:
            stream.write(f"\n=== {step.title}\n")
            shown.begin(step)
            shown.end(_detail(step, stream, log))


def say(text: str) -> None:
    """Tell what cannot wait until a step ends, above the list."""
    console.print("note:", Text(text), style="yellow")


def _detail(step: Step, stream: IO[str], log: Path) -> str:
    try:
        return step.run(stream)
    except (SlipwayError, SandboxError) as error:
        raise StepFailed(step, error, log) from error
    except OSError as error:
        raise StepFailed(step, SlipwayError(f"{error.filename or 'this machine'}: {error.strerror}"), log) from error


class _List:
    """The running step; what is done is printed above it."""

    def __init__(self, log: Path) -> None:
        self._log, self._title, self._began = log, "", time.monotonic()

    def begin(self, step: Step) -> None:
        self._title, self._began = step.title, time.monotonic()

    def end(self, detail: str) -> None:
        line = Text.assemble(
            ("✓ ", "green"), f"{self._title:<44} ", (f"{self._elapsed():>6}  ", "cyan"), (detail, "dim")
        )
        console.print(line, no_wrap=True, overflow="ellipsis")

    def __rich__(self) -> Group:
        running = Table.grid(padding=(0, 1))
        running.add_row(Spinner("dots", style="yellow"), f"{self._title:<34}", Text(f"{self._elapsed():>6}", "cyan"))
        return Group(running, Text(f"  {self._last_line()}", "dim", no_wrap=True, overflow="ellipsis"))

    def _elapsed(self) -> str:
        seconds = time.monotonic() - self._began
        return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f}:{seconds % 60:02.0f}"

    def _last_line(self) -> str:
        with self._log.open("rb") as stream:
            stream.seek(max(0, self._log.stat().st_size - 2000))
            lines = stream.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")
