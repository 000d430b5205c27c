"""One `up` or `down` at a time on a machine: the network namespace's name is the machine's."""

import fcntl
import os
from pathlib import Path
from typing import IO

from sandbox.step import SandboxError

LOCK = Path("/run/slipway-sandbox.lock")
_held: dict[Path, IO[str]] = {}


def acquire(path: Path = LOCK) -> None:
    """Take the lock for this process; it falls when the process ends. Taking it again is nothing.

    Raises SandboxError naming the process that holds it.
    """
    if path in _held:
        return
    stream = path.open("a+")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        holder = stream.read().strip() or "unknown"
        stream.close()
        raise SandboxError(f"sandbox: another command (pid {holder}) is at work on it. Wait for it to end") from None
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    _held[path] = stream


def release(path: Path = LOCK, remove: bool = False) -> None:
    """Give the lock back; `remove` takes its file away too."""
    if stream := _held.pop(path, None):
        if remove:
            path.unlink(missing_ok=True)
        stream.close()
