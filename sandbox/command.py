"""Runs other programs: all that they print goes to the log, and they die with us."""

import os
import subprocess
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from sandbox.step import SandboxError

# A killed `up` must not leave a compiler running that a second `up` would compete with.
TOGETHER = ("setpriv", "--pdeathsig", "KILL", "--")


class CommandFailed(SandboxError):
    """A program ended with an exit code that is not 0."""

    def __init__(self, argv: Iterable[str], code: int, said: str) -> None:
        super().__init__(f"{' '.join(map(str, argv))[:200]}: exit code {code}: {said.strip() or 'no output'}")
        self.said = said


def logged(
    log: IO[str], *argv: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: str = ""
) -> None:
    """Run `argv`; its output goes to `log` line by line. Raises CommandFailed with the last lines."""
    text = [str(word) for word in argv]
    log.write(f"$ {' '.join(text)}\n")
    last: deque[str] = deque(maxlen=5)
    with subprocess.Popen(
        [*TOGETHER, *text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", env=env, cwd=cwd,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        _feed(process.stdin, stdin)
        for line in process.stdout:
            log.write(line)
            last.append(line)
    if process.returncode:
        raise CommandFailed(text, process.returncode, "".join(last))


def _feed(stream: IO[str], text: str) -> None:
    try:
        stream.write(text)
        stream.close()
    except BrokenPipeError:
        pass  # the program's exit code and last words say why


def output(*argv: str | Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> str:
    """What `argv` prints. Raises CommandFailed with what it complains of."""
    text = [str(word) for word in argv]
    try:
        done = subprocess.run(text, capture_output=True, text=True, env=env, timeout=timeout, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise CommandFailed(text, 127, f"no program {text[0]} on PATH") from None
    except subprocess.TimeoutExpired:
        raise CommandFailed(text, 124, f"no end within {timeout:.0f} s") from None
    if done.returncode:
        raise CommandFailed(text, done.returncode, done.stderr or done.stdout)
    return done.stdout


def succeeds(*argv: str | Path) -> bool:
    """Whether `argv` ends with exit code 0."""
    try:
        output(*argv)
    except CommandFailed:
        return False
    return True


def without_proxy() -> dict[str, str]:
    """This environment without the variables that would send a cluster's own traffic to a proxy."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
