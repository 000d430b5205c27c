"""Time and memory of whole processes, and how several of them are compared fairly."""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from sandbox.step import DIES_WITH_US

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
MEMORY = Path("/dev/shm")
"""A file system in memory, where there is one: a new file on ext4 took 20 to 600 µs, by what was deleted of late."""


class BenchError(Exception):
    """A benchmark cannot run, or what it compares is not alike. Its text names object, fact and cure."""


class Ran(NamedTuple):
    """A process that ended well: its wall time, the CPU time of it and its children, in seconds; what it printed."""

    seconds: float
    cpu: float
    printed: str


def process(*command: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a program from the project's folder. Raises BenchError with its last words if it fails."""
    words = [*DIES_WITH_US, *map(str, command)]
    began, used = time.perf_counter(), _cpu()
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    seconds, cpu = time.perf_counter() - began, _cpu() - used
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise BenchError(f"`{' '.join(map(str, command))[:120]}` ended with {done.returncode}: {last}")
    return Ran(seconds, cpu, done.stdout)


def python(*arguments: str | Path) -> Ran:
    """Run this interpreter."""
    return process(sys.executable, *arguments)


def _cpu() -> float:
    """Of every child that has ended; daemons that still run are not in it."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, gone after the block."""
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


def peak_memory() -> int:
    """Bytes that this process has held at most. (ru_maxrss would begin with the size of the parent.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def rounds(count: int, contenders: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """What each contender returned in each round; they take turns in who is first, as machines warm up and tire."""
    results: dict[str, list[T]] = {name: [] for name in contenders}
    for number in range(count):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            results[name].append(contenders[name]())
    return results


def ratio(ours: list[float], other: list[float]) -> float:
    """The median of the rounds' own ratios: what slows a whole round down falls out."""
    return statistics.median(a / b for a, b in zip(ours, other, strict=True))
