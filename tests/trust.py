"""The figures of docs/trust.md, counted where they are made: `python -m tests.trust` writes them anew."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from infra.policy import all_rules
from tests import test_canary, test_supply_chain
from tests.infra import test_bad_inputs, test_kubectl, test_live, test_trouble
from tests.policy import cases, cloud_cases, edits, mutants

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "trust.md"
WAYS = {
    "tests/e2e/test_bootstrap.py": "kubectl",
    "tests/e2e/test_changes.py": "kubectl",
    "tests/e2e/test_failures.py": "kubectl",
    "tests/e2e/test_faults.py": "kubectl",
    "tests/e2e/test_removal.py": "kubectl",
    "tests/engine/test_charts.py": "Pulumi, where it is on PATH",
    "tests/engine/test_existing.py": "Pulumi, where it is on PATH",
}
"""The files of faults on a real cluster, and who carries the environment out there."""


class Fault(NamedTuple):
    """One test of a fault."""

    name: str
    way: str
    soak: bool


@cache
def figures() -> tuple[tuple[str, int, str], ...]:
    """What is counted, how much of it there is, and where it is."""
    return tuple(_counted())


def _counted() -> Iterator[tuple[str, int, str]]:
    locks = [test_supply_chain.pins(lock) for lock in test_supply_chain.LOCKS]
    tried = mutants.count(_good())
    yield "rules of policy", len(all_rules()), "infra/policy/rules"
    yield "cases that break a rule, and no other", len(cases.BREAKS) + len(cloud_cases.BREAKS), "tests/policy"
    yield "mutants of our environments", tried, "tests/policy/mutants.py"
    yield "of these, killed", tried - len(mutants.EQUIVALENT) * len(mutants.NAMES), "tests/policy/test_mutants.py"
    yield "bad inputs, each with its whole message", _bad_inputs(), "tests/infra/test_bad_inputs.py"
    yield "wrong kubeconfigs", len(test_live.WRONG) + len(test_live.NO_CERTIFICATE), "tests/infra/test_live.py"
    yield "ways in which a pod does not start, as recorded", len(test_trouble.STARTS), "tests/infra/starts.yaml"
    yield "busy answers of an API server that are asked again", len(test_kubectl.BUSY), "tests/infra/test_kubectl.py"
    yield "calls of the command line, searched for a secret", len(list(test_canary.calls(ROOT))), "tests/test_canary.py"
    yield "faults on a real cluster", len(list(faults())), "tests/e2e, tests/engine"
    yield "properties, each with made-up examples", _properties(), "tests"
    yield "packages, pinned with their hashes", len(set().union(*locks)), "*.lock, scripts/*.lock"


def faults() -> Iterator[Fault]:
    """Every test of those files, in their order."""
    for path, way in WAYS.items():
        for node in _tests(ROOT / path):
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            yield Fault(node.name.removeprefix("test_").replace("_", " "), way, "pytest.mark.soak" in marks)


def page(text: str) -> str:
    """The page `text`, its tables made anew."""
    rows = "".join(f"| {what} | {count:,} | `{where}` |\n" for what, count, where in figures() if count)
    text = _between(text, "figures", f"| what | how many | where |\n|---|---:|---|\n{rows}")
    rows = "".join(f"| {name} | {way} | {'`make soak`' if soak else 'always'} |\n" for name, way, soak in faults())
    return _between(text, "faults", f"| fault | carried out by | when |\n|---|---|---|\n{rows}")


def _between(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}{table}{end}", text, flags=re.DOTALL)


def _good() -> list[edits.Manifest]:
    """The objects of the good environments, as the tests of policy have them."""
    texts = ((ROOT / "tests/policy" / name).read_text(encoding="utf-8") for name in ("good.yaml", "good_clouds.yaml"))
    return [each for text in texts for each in yaml.safe_load(text) if "kind" in each]


def _bad_inputs() -> int:
    """Files, arguments and model stacks."""
    others = sum(len(test_bad_inputs.table(name)) for name in ("bad_arguments.yaml", "bad_stacks.yaml"))
    return len(test_bad_inputs.FILES) + len(test_bad_inputs.UNREADABLE) + others


def _properties() -> int:
    """Tests that hypothesis makes examples for."""
    found = (node for path in (ROOT / "tests").rglob("test_*.py") for node in _tests(path))
    return sum(any(ast.unparse(mark).startswith("given(") for mark in node.decorator_list) for node in found)


def _tests(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
