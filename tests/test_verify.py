"""What could not run is told, and a test that is skipped without a word fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import verify

TESTS = """
import pytest

def test_passes(): pass

@pytest.mark.skip
def test_marked(): pass

def test_says_nothing(): pytest.skip()

def test_says_nothing_either(): pytest.skip("")

@pytest.mark.skip(reason="no engine")
def test_marked_with_its_reason(): pass

def test_says_why(): pytest.skip("no engine")

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""
MODULE = "import pytest\npytest.skip({}, allow_module_level=True)\n"


@pytest.fixture(scope="module")
def missing(tmp_path_factory: pytest.TempPathFactory) -> list[verify.Missing]:
    """What a real run of these tests could not do."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "test_one.py").write_text(TESTS)
    (folder / "test_silent.py").write_text(MODULE.format("''"))
    (folder / "test_told.py").write_text(MODULE.format("'no cluster'"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={folder}/report.xml"]
    assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 0
    return verify.skipped(folder / "report.xml")


def test_each_reason_is_told_once_with_the_number_of_tests(missing: list[verify.Missing]) -> None:
    told = [str(each) for each in missing if not verify.unexplained(each)]
    assert told == ["- not run: test_one, 2 tests: no engine", "- not run: test_told, 1 test: no cluster"]


def test_silence_is_found_in_tests_and_in_whole_modules(missing: list[verify.Missing]) -> None:
    silent = [(each.part, each.tests) for each in missing if verify.unexplained(each)]
    assert sorted(silent) == [("test_one", 1), ("test_one", 2), ("test_silent", 1)]


def run(monkeypatch: pytest.MonkeyPatch, check: str, report: str) -> int:
    """The exit code where a check runs `check`, and the tests leave a report like `report`."""
    monkeypatch.setattr(verify, "CHECKS", {"check": (sys.executable, "-c", check)})

    def tests(name: str, path: Path, _: object) -> verify.Task:
        path.write_text(f"<testsuites>{report}</testsuites>")
        return verify.Task(name, ("true",))

    monkeypatch.setattr(verify, "pytest", tests)
    return verify.main([])


@pytest.mark.parametrize(
    ("check", "report", "code"),
    [
        ("pass", "", 0),
        ("raise SystemExit('wrong')", "", 1),
        ("pass", "<testcase name='t'><skipped type='pytest.skip' message='no engine'/></testcase>", 0),
        ("pass", "<testcase name='t'><skipped type='pytest.skip' message='Skipped'/></testcase>", 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    monkeypatch: pytest.MonkeyPatch, check: str, report: str, code: int
) -> None:
    assert run(monkeypatch, check, report) == code


def test_what_a_check_that_fails_says_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "raise SystemExit('line 1 is wrong')", "")
    printed = capsys.readouterr().out
    assert "line 1 is wrong" in printed
    assert "✗ check" in printed
    assert "✓ tests" in printed
