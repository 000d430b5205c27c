"""One command at a time changes a machine's sandbox, or an environment."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import paths
from sandbox.step import SandboxError


@contextmanager
def held(name: str) -> Iterator[None]:
    """Hold the lock `name` within the block; it falls with the process. Raises SandboxError where another holds it."""
    path = paths.state() / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip() or "unknown"
            raise SandboxError(f"{name}: another command (pid {holder}) is at work on it. Wait for it to end") from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
