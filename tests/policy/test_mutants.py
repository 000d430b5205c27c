"""Whatever is broken in an environment, exactly the rule that it breaks speaks."""

from pathlib import Path

import pytest

from . import cases, mutants
from .edits import Manifest


@pytest.mark.parametrize("name", [*mutants.NAMES, pytest.param("everything", marks=pytest.mark.soak)])
def test_exactly_the_broken_rule_speaks(name: str, good: list[Manifest], tmp_path: Path) -> None:
    objects = mutants.everything(tmp_path) if name == "everything" else mutants.environment(name)
    tried = list(mutants.mutants(objects, [each for each in good if "kind" in each]))
    assert [mutant for mutant in tried if not mutant.spoken <= {mutant.rule}] == []
    assert [mutant.rule for mutant in tried if not mutant.spoken] == [*mutants.EQUIVALENT]
    assert {mutant.rule for mutant in tried if mutant.spoken} == {rule for rule, _ in cases.BREAKS}
