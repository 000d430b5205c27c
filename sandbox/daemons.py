"""Long-lived processes: started apart from us, found again, and stopped for certain."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sandbox import paths
from sandbox.network import inside
from sandbox.step import SandboxError, direct_environ


class Daemon(NamedTuple):
    """A program that runs in the sandbox's network until it is stopped.

    It is known by its command line, which names the sandbox's own files; so there is nothing to go stale.
    """

    name: str
    command: tuple[str, ...]

    @property
    def log(self) -> Path:
        return paths.sandbox() / "logs" / f"{self.name}.log"

    def pid(self) -> int | None:
        """Its process, also where `nsenter` has yet to become it; or None if it does not run."""
        length = len(self.command)
        return next((pid for pid, command in processes() if command[-length:] == self.command), None)

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.pid():
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as stream:
            subprocess.Popen(
                inside(*self.command),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                env=direct_environ(),
            )

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-3:]) if self.log.exists() else "no log"


def processes() -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every process of this machine that still has a command line."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if command := (folder / "cmdline").read_bytes():
                yield int(folder.name), tuple(command.decode(errors="replace").rstrip("\0").split("\0"))


def end(pid: int, patience: float = 10) -> None:
    """SIGTERM, and SIGKILL when patience (in seconds) ends; returns when the process is gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while (alive := _alive(pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not alive:
            return


def _alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    with suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


def wait(what: str, ready: Callable[[], bool], watched: tuple[Daemon, ...], seconds: float = 90) -> None:
    """Wait until `ready`. Raises SandboxError with the log of the daemon that ended, or of the last one."""
    deadline = time.monotonic() + seconds
    while not ready():
        dead = next((daemon for daemon in watched if _ended(daemon)), None)
        if dead or time.monotonic() > deadline:
            blamed = dead or watched[-1]
            fact = "ended" if dead else f"is not ready after {seconds:.0f} s"
            raise SandboxError(f"{what}: {blamed.name} {fact}. Its log {blamed.log} ends:\n{blamed.last_words()}")
        time.sleep(0.2)


def _ended(daemon: Daemon) -> bool:
    """Whether it runs no more. A process that is just becoming another program has no command line for a moment."""
    if daemon.pid():
        return False
    time.sleep(0.1)
    return not daemon.pid()
