"""`python -m bench`: measure, show, and with --save write a page of figures."""

import signal
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import applying, engine, fetching, hops, imports, packing, rendering, report, serving
from bench.measure import BenchError
from bench.report import Section
from components.errors import SlipwayError
from sandbox import SandboxError


class Benchmark(StrEnum):
    """What can be measured."""

    RENDERING = "rendering"
    IMPORTS = "imports"
    ENGINE = "engine"
    APPLYING = "applying"
    PACKING = "packing"
    HOPS = "hops"
    FETCHING = "fetching"


MEASURES: dict[Benchmark, Callable[[], Section]] = {
    Benchmark.RENDERING: rendering.measure,
    Benchmark.IMPORTS: imports.measure,
    Benchmark.APPLYING: applying.measure,
    Benchmark.ENGINE: engine.measure,
    Benchmark.PACKING: packing.measure,
    Benchmark.HOPS: hops.measure,
    Benchmark.FETCHING: fetching.measure,
}
MISSING: dict[Benchmark, Callable[[], str]] = {
    Benchmark.APPLYING: applying.missing,
    Benchmark.ENGINE: engine.missing,
    Benchmark.PACKING: serving.missing,
    Benchmark.HOPS: serving.missing,
    Benchmark.FETCHING: serving.missing,
}

console = Console(soft_wrap=True)


def main(
    benchmarks: Annotated[list[Benchmark] | None, typer.Argument(help="All, unless some are named.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the figures to this page, in place of its older ones.")
    ] = None,
) -> None:
    """Measure what Slipway costs. Seconds are this machine's; ratios carry over."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every block ends what it began
    try:
        for section in _measured(benchmarks or list(MEASURES)):
            if save:
                save.write_text(report.markdown(section, save.read_text() if save.exists() else ""))
    except (BenchError, SandboxError, SlipwayError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None


def _measured(benchmarks: list[Benchmark]) -> Iterator[Section]:
    for benchmark in benchmarks:
        if why := MISSING.get(benchmark, str)():
            console.print(f"{benchmark}: cannot be measured: {why}", style="yellow", markup=False)
            continue
        with console.status(f"measuring {benchmark}"):
            section = MEASURES[benchmark]()
        console.print(report.screen(section), "")
        yield section


if __name__ == "__main__":
    typer.run(main)
