"""How long imports take, against `import pulumi`."""

import statistics
from functools import partial

from bench.measure import python, ratio, rounds
from bench.report import Section

PULUMI = "import pulumi"
STATEMENTS = {
    "Python alone": "pass",
    "import components": "import components",
    "its first value": "import components; components.Resources()",
    "its first runtime": "from components.runtimes.mlserver import MLServer",
    "its first component": "import components; components.ModelDeployment",
    PULUMI: PULUMI,
}


def measure(repeat: int = 11) -> Section:
    """Run each of `STATEMENTS` in a process of its own, `repeat` times."""
    runs = rounds(repeat, {name: partial(_run, statement) for name, statement in STATEMENTS.items()})
    rows: list[tuple[str, ...]] = [
        (name, f"{statistics.median(seconds) * 1e3:.0f} ms", f"{ratio(seconds, runs[PULUMI]):.2f}")
        for name, seconds in runs.items()
    ]
    note = f"Medians of {repeat} rounds of whole processes. Components load Pulumi, values do not."
    return Section("Imports", ("statement", "time", f"over `{PULUMI}`"), rows, (note,))


def _run(statement: str) -> float:
    return python("-c", statement).seconds
