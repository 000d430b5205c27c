"""How long rendering takes and what it holds, by the number of stacks."""

import json
import statistics
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench.measure import python, rounds, scratch
from bench.report import Section, aim

MANY, SECONDS, MEGABYTES = 2000, 3, 80
"""What that many stacks may take."""
COLUMNS = ("stacks", "files", "time", "aim, s", "peak memory", "aim, MB", "each further stack")


class Rendering(NamedTuple):
    """One run, or the medians of several: objects, wall time of the process in seconds, its peak memory in MB."""

    files: float
    seconds: float
    megabytes: float


def measure(counts: tuple[int, ...] = (10, 200, MANY), repeat: int = 5) -> Section:
    """Render each of `counts` stacks into memory, and the most also to disk, `repeat` times."""
    with scratch() as memory, tempfile.TemporaryDirectory(prefix="slipway-bench-") as disk:
        places = {f"{count:,}": (count, memory) for count in counts}
        places[f"{counts[-1]:,}, to disk"] = (counts[-1], Path(disk))
        runs = rounds(repeat, {name: partial(_run, *place) for name, place in places.items()})
    medians = {name: Rendering(*map(statistics.median, zip(*each, strict=True))) for name, each in runs.items()}
    in_memory = list(zip(counts, medians.values(), strict=False))
    steps = [_Growth.between(*pair) for pair in pairwise(in_memory)]
    further = ["", *(step.shown() for step in steps), ""]
    rows = [_row(name, places[name][0], medians[name], more) for name, more in zip(places, further, strict=True)]
    return Section("Rendering", COLUMNS, rows, _notes(steps, repeat))


class _Growth(NamedTuple):
    """What each stack more costs, in ms and kB."""

    milliseconds: float
    kilobytes: float

    @classmethod
    def between(cls, few: tuple[int, Rendering], many: tuple[int, Rendering]) -> "_Growth":
        stacks, seconds = many[0] - few[0], many[1].seconds - few[1].seconds
        return cls(seconds / stacks * 1e3, (many[1].megabytes - few[1].megabytes) / stacks * 1e3)

    def shown(self) -> str:
        return f"{self.milliseconds:.2f} ms, {self.kilobytes:.1f} kB"


def _run(count: int, parent: Path) -> Rendering:
    target = Path(tempfile.mkdtemp(dir=parent), "rendered")
    seconds, _, printed = python("-m", "bench.render_process", str(count), target)
    return Rendering(sum(path.is_file() for path in target.rglob("*")), seconds, json.loads(printed)["peak"] / 1e6)


def _row(name: str, count: int, run: Rendering, further: str) -> tuple[str, ...]:
    seconds, memory = (aim(run.seconds, SECONDS), aim(run.megabytes, MEGABYTES)) if count == MANY else ("", "")
    return (name, f"{run.files:,.0f}", f"{run.seconds:.2f} s", seconds, f"{run.megabytes:.0f} MB", memory, further)


def _notes(steps: list[_Growth], repeat: int) -> tuple[str, ...]:
    linear = "; ".join(f"{b.milliseconds / a.milliseconds:.2f}" for a, b in pairwise(steps))
    return (
        "Autoscaled MLServer stacks of one scikit-learn model each, and metrics-server; one file an object.",
        f"Medians of {repeat} rounds; whole processes: start of Python, imports, values, checks, YAML, files.",
        f"A further stack's time at the larger size over that at the smaller: {linear} (1 is linear).",
        "Files go to memory (/dev/shm) but in the last row: a new file on ext4 took 20 to 600 µs, by how many were "
        "deleted beside it in the minutes before.",
    )
