"""Everything that is checked: style, types, imports, tests.

`--fast` leaves out the slow tests; `--soak` runs only those that take minutes, which all other runs leave out.
Exit code 0 if all passes and whatever could not run says why; 1 otherwise.
"""

import ast
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from sandbox import paths

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "style": ("ruff", "check", "--quiet", "."),
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "types": ("mypy", "--cache-dir", str(paths.cache() / "mypy")),
    "imports": ("lint-imports",),
}
APART = ("tests/e2e", "tests/engine", "tests/sandbox")
"""What needs a cluster, or the machine for itself."""
PARTS = {
    "tests": ("tests", *(f"--ignore={folder}" for folder in APART), "--numprocesses", "auto"),
    "end to end": APART,
}
"""What pytest is given: all that needs nothing runs on every core, beside the rest, which is shown as it goes."""
SOAK = {"soak": ("tests", "-m", "soak")}
SLOW = (
    "addons/test_charts.py",
    "aws",
    "azure",
    "gcp",
    "clusters",
    "addons/test_all.py",
    "test_delivery.py",
    "test_platform.py",
)
FAST = {
    "tests": (
        *("tests/components", "tests/infra", "tests/policy/test_environments.py", "--numprocesses", "auto"),
        *(f"--ignore=tests/components/{name}" for name in SLOW),
    )
}
"""What tells most about a change in the least time: no cloud is made up, no model trained, no environment made."""
NO_REASON = {"", "unconditional skip", "Skipped"}
"""What pytest says of a test that was skipped without a word."""


class Task(NamedTuple):
    """A command that ends with code 0 if all is well."""

    name: str
    command: Sequence[str]


class Outcome(NamedTuple):
    """How a task ended, in seconds, and what it printed."""

    name: str
    passed: bool
    seconds: float
    printed: str = ""

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.name:<12} {self.seconds:>6.1f} s"


def main(arguments: Sequence[str]) -> int:
    """Run everything at once, also after something has failed, and sum up."""
    soak = "--soak" in arguments
    parts = SOAK if soak else FAST if "--fast" in arguments else PARTS
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        reports = {name: Path(folder) / f"{name}.xml" for name in parts}
        *beside, last = (pytest(name, reports[name], part) for name, part in parts.items())
        quiet = pool.map(outcome, [*([] if soak else map(check, CHECKS)), *map(modestly, beside)])
        shown = outcome(last, shown=True)
        outcomes = [*quiet, shown]
        missing = [each for report in reports.values() if report.exists() for each in skipped(report)]
    print(*(each.printed for each in outcomes if each.printed), "", *outcomes, *missing, sep="\n")
    return 0 if all(each.passed for each in outcomes) and not any(map(unexplained, missing)) else 1


def check(name: str) -> Task:
    """One check of the code as it stands."""
    program, *arguments = CHECKS[name]
    return modestly(Task(name, (str(BIN / program), *arguments)))


def pytest(name: str, report: Path, arguments: Sequence[str]) -> Task:
    """A part of the tests in one run."""
    return Task(name, (sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments))


def modestly(task: Task) -> Task:
    """The same, when nobody else wants the processor: what waits for a cluster must not wait for this."""
    return Task(task.name, ("nice", "-n", "19", *task.command))


def outcome(task: Task, shown: bool = False) -> Outcome:
    """Carry out a task; what it prints is shown as it goes, or else kept if it fails."""
    began, kept = time.monotonic(), None if shown else subprocess.PIPE
    done = subprocess.run(task.command, cwd=ROOT, stdout=kept, stderr=None if shown else subprocess.STDOUT, text=True)
    said = done.stdout.strip() if done.returncode and not shown else ""
    return Outcome(task.name, not done.returncode, time.monotonic() - began, said)


class Missing(NamedTuple):
    """Tests that could not run here."""

    part: str
    reason: str
    tests: int

    def __str__(self) -> str:
        why = self.reason if self.reason not in NO_REASON else "no reason given, which counts as failed"
        return f"- not run: {self.part}, {self.tests} test{'s' if self.tests > 1 else ''}: {why}"


def skipped(report: Path) -> list[Missing]:
    """What a JUnit report says was skipped: by the tests' folder and reason."""
    counts: Counter[tuple[str, str]] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        found = case.find("skipped")
        if found is not None and found.get("type") != "pytest.xfail":
            name = (case.get("classname") or case.get("name") or "").split(".")
            counts[".".join(name[:2]), _reason(found)] += 1
    return [Missing(part, reason, count) for (part, reason), count in sorted(counts.items())]


def _reason(skip: ElementTree.Element) -> str:
    """Of a module that was skipped as a whole, the report has file, line and reason as Python writes a tuple."""
    message = skip.get("message") or ""
    whole = ast.literal_eval(skip.text)[2] if message == "collection skipped" and skip.text else message
    return str(whole).removeprefix("Skipped: ")


def unexplained(missing: Missing) -> bool:
    """A skip is never silent."""
    return missing.reason in NO_REASON


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
