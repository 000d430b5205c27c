"""The folder is the registry."""

import shutil
import subprocess
import sys
from pathlib import Path

import infra.policy

RULE = """
from functools import partial
from ..rule import ObjectRule, Severity

@partial(ObjectRule, id="{id}", severity=Severity.ADVISORY, title="t", reason="r.", remedy="r.", reference="https://x")
def rule(item):
    yield ("kind",), "is there"
"""
ASK = "from pack import judge; print([v.rule for v in judge([{'kind': 'X', 'metadata': {'name': 'x'}}])])"


def ask(folder: Path, rule: str) -> subprocess.CompletedProcess[str]:
    """Adds a file with one rule to a copy of the pack, under another name and elsewhere, and asks it."""
    shutil.copytree(Path(infra.policy.__file__).parent, folder / "pack", ignore=shutil.ignore_patterns(".venv"))
    (folder / "pack" / "rules" / "extra.py").write_text(RULE.format(id=rule), encoding="utf-8")
    return subprocess.run([sys.executable, "-c", ASK], cwd=folder, capture_output=True, text=True, check=False)


def test_a_new_file_is_a_new_rule(tmp_path: Path) -> None:
    assert "'extra-rule'" in ask(tmp_path, "extra-rule").stdout


def test_two_rules_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "two rules have the id 'pod-seccomp'. Rename one" in ask(tmp_path, "pod-seccomp").stderr
