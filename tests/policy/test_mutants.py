"""Whatever is broken in an environment, exactly the rule that it breaks speaks."""

from pathlib import Path

import pytest

from . import cases, mutants
from .edits import Manifest


@pytest.mark.parametrize("name", mutants.NAMES)
def test_exactly_the_broken_rule_speaks(name: str, good: list[Manifest]) -> None:
    tried = list(mutants.mutants(mutants.environment(name), known(good)))
    assert [mutant for mutant in tried if not mutant.spoken <= {mutant.rule}] == []
    assert [mutant.rule for mutant in tried if not mutant.spoken] == [*mutants.EQUIVALENT]
    assert {mutant.rule for mutant in tried if mutant.spoken} == {rule for rule, _ in cases.BREAKS}


@pytest.mark.soak
def test_exactly_the_broken_rule_speaks_among_all_that_is_ever_emitted(good: list[Manifest], tmp_path: Path) -> None:
    tried = list(mutants.mutants(known(good), mutants.everything(tmp_path)))
    assert [mutant for mutant in tried if mutant.spoken != {mutant.rule}] == []
    assert {mutant.rule for mutant in tried} == {rule for rule, _ in cases.BREAKS}


def known(good: list[Manifest]) -> list[Manifest]:
    """The objects that rules are tried on by themselves, too."""
    return [each for each in good if "kind" in each]
