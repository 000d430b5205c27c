"""Looks after the workloads that the engine waits for: it says only at their deadline that one cannot start."""

import os
import re
import signal
from collections.abc import Callable, Collection
from subprocess import Popen
from threading import Event, Thread
from types import TracebackType
from typing import IO

from components.errors import SlipwayError
from infra.live import Unreachable

AWAITED = re.compile(
    r"kubernetes:apps/v1:\w+ \S+-(?:deployment|statefulset|daemonset)\.(\S+?)\.(\S+)"
    r" (?:creat|updat)ing \(\d+s\) (?:\[diff: [^]]*\]; )?\w"
)
"""What the engine prints of a workload that it has changed and now waits for: its namespace and name."""
SECONDS = 2.0
"""Between two looks."""

Look = Callable[[Collection[str]], object]
"""Looks at the workloads of these places (namespace/name), and raises SlipwayError where one cannot start."""


def nobody(places: Collection[str]) -> None:
    """Looks at nothing."""


class Overseer:
    """Within its block, looks at what the engine prints that it waits for.

    Where that cannot start any more, the engine is interrupted: it notes what it has made, and ends. The block then
    raises the reason.
    """

    def __init__(self, engine: "Popen[str]", look: Look) -> None:
        self._engine, self._look = engine, look
        self._awaited, self._over = set[str](), Event()
        self._reason: SlipwayError | None = None
        self._thread = Thread(target=self._oversee, daemon=True)

    def copied(self, printed: IO[str], log: IO[str]) -> str:
        """All that the engine prints, written to `log` as it comes."""
        lines = []
        for line in printed:
            log.write(line)
            lines.append(line)
            if found := AWAITED.search(line):
                self._awaited.add("/".join(found.groups()))
        return "".join(lines)

    def __enter__(self) -> "Overseer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        if self._reason and error is None:
            raise self._reason

    def _oversee(self) -> None:
        while not self._over.wait(SECONDS):
            try:
                self._look(frozenset(self._awaited))
            except Unreachable:
                continue
            except SlipwayError as reason:
                self._reason = reason
                os.killpg(self._engine.pid, signal.SIGINT)
                return
