"""Everything that is checked: style, types, imports, tests. `--fast` leaves out the slow tests.

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
ALIKE = tuple(f"tests/{name}" for name in ("components", "infra", "policy", "schema", "training"))
"""What needs neither a cluster nor the machine for itself: it runs on every core."""
PARTS = {
    "tests": (*ALIKE, "--numprocesses", "auto"),
    "end to end": ("tests", *(f"--ignore={folder}" for folder in ALIKE)),
}
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


class Outcome(NamedTuple):
    """How one check ended, in seconds, and what it printed."""

    name: str
    passed: bool
    seconds: float
    printed: str = ""

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.name:<12} {self.seconds:>6.1f} s"


def main(arguments: Sequence[str]) -> int:
    """Run all checks beside the tests, also after one has failed, and sum up."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        parts = FAST if "--fast" in arguments else PARTS
        reports = {name: Path(folder) / f"{name}.xml" for name in parts}
        checks = pool.map(check, CHECKS)
        tested = [tests(name, reports[name], part) for name, part in parts.items()]
        outcomes = [*checks, *tested]
        missing = [each for report in reports.values() if report.exists() for each in skipped(report)]
    print(*(outcome.printed for outcome in outcomes if outcome.printed), "", *outcomes, *missing, sep="\n")
    return 0 if all(outcome.passed for outcome in outcomes) and not any(map(unexplained, missing)) else 1


def check(name: str) -> Outcome:
    """One check that says nothing while all is well."""
    began, (program, *arguments) = time.monotonic(), CHECKS[name]
    command = [str(BIN / program), *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return Outcome(name, not done.returncode, time.monotonic() - began, done.stdout.strip() if done.returncode else "")


def tests(name: str, report: Path, arguments: Sequence[str]) -> Outcome:
    """A part of the tests in one run, shown as they go."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    code = subprocess.run(command, cwd=ROOT).returncode
    return Outcome(name, code == 0, time.monotonic() - began)


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
