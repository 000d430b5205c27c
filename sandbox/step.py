"""A piece of work with a name, and how programs are run for it."""

import os
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from types import MappingProxyType
from typing import IO, NamedTuple, cast

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
"""What still writes a file after we were killed would spoil the next run's."""


class SandboxError(Exception):
    """The sandbox cannot be what it should be. Its text names object, fact and cure."""


class Step(NamedTuple):
    """One line of a list of work.

    `run` writes everything that it prints to the log that it is given, and returns a few words on what it did
    ("cached", "built"). It may be run again at any time, also after it was killed.
    """

    title: str
    run: Callable[[IO[str]], str]


def run(
    log: IO[str],
    *command: str | Path,
    stdin: str = "",
    cwd: Path | None = None,
    env: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Run a program, with `env` over our own environment; return what it prints, which is in `log` too.

    Raises SandboxError with its last lines if it fails.
    """
    words = list(map(str, command))
    log.write(f"$ {' '.join(words)}\n")
    started, environ, printed = [*DIES_WITH_US, *words], {**direct_environ(), **env}, list[str]()
    with Popen(
        started, cwd=cwd, env=environ, stdin=PIPE, stdout=PIPE, stderr=STDOUT, text=True, errors="replace"
    ) as process:
        for line in _fed(process, stdin):
            log.write(line)
            printed.append(line)
    if process.returncode:
        last = "".join(printed[-5:]).strip()[-800:]
        raise SandboxError(f"`{' '.join(words)[:120]}` ended with {process.returncode}: {last}")
    return "".join(printed)


def _fed(process: Popen[str], stdin: str) -> IO[str]:
    """The output of a process that was given all its input; ours read the whole of it before they print much."""
    given, printed = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
    with suppress(BrokenPipeError), given:  # it may end without reading; what it then says is what counts
        given.write(stdin)
    return printed


def direct_environ() -> dict[str, str]:
    """Our environment, with the sandbox's addresses reached past any proxy."""
    excepted = ",".join(filter(None, (os.environ.get("NO_PROXY"), "10.0.0.0/8,172.16.0.0/12,198.18.0.0/15,127.0.0.1")))
    return {**os.environ, "NO_PROXY": excepted, "no_proxy": excepted}


def succeeds(*command: str | Path) -> bool:
    """Whether a program is there and ends well; what it prints is of no interest."""
    words = list(map(str, command))
    with suppress(FileNotFoundError):
        return subprocess.run(words, capture_output=True, stdin=DEVNULL, env=direct_environ()).returncode == 0
    return False
