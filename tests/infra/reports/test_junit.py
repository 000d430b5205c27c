from pathlib import Path
from xml.etree import ElementTree

import pytest

from infra.judgement import FailOn
from infra.policy import all_rules
from infra.reports import junit

from .judged import judged


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [(FailOn.NEVER, []), (FailOn.MANDATORY, ["image-digest"]), (FailOn.ADVISORY, ["image-digest", "reference-secret"])],
)
def test_what_fails_the_command_is_a_failure(tmp_path: Path, fail_on: FailOn, failing: list[str]) -> None:
    suite = ElementTree.fromstring(junit.text(judged(tmp_path, fail_on)))
    failed = [case.get("classname") for case in suite if case.find("failure") is not None]
    assert failed == failing
    assert int(suite.get("failures", -1)) == len(failing)
    assert int(suite.get("skipped", -1)) == 3 - len(failing)
    assert int(suite.get("tests", -1)) == len(suite) == len(all_rules()) + 1


def test_what_is_excepted_says_why(tmp_path: Path) -> None:
    suite = ElementTree.fromstring(junit.text(judged(tmp_path)))
    assert "excepted: no mirror yet (until 9999-12-31)" in [each.get("message") for each in suite.iter("skipped")]
