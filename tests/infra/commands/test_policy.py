"""`slipway policy`: what it prints, and with which code it ends."""

import json
import sys
from pathlib import Path

import pytest

from infra import cli
from infra.policy import all_rules
from tests.infra.reports.judged import FILE

Captured = pytest.CaptureFixture[str]


def slipway(monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str, file: str = FILE) -> int:
    """The exit code of the command, on an environment in `folder`."""
    (folder / "Pulumi.trial.yaml").write_text(file)
    arguments = ["slipway", "--project", str(folder), "policy", "--env", "trial", *options]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("options", "file", "code"),
    [
        ((), FILE, 1),
        (("--fail-on", "never"), FILE, 0),
        ((), FILE.replace("models/wine", "models/*"), 0),
        (("--fail-on", "advisory"), FILE.replace("models/wine", "models/*"), 1),
        ((), f"{FILE}  slipway:profile: laptop\n", 0),
        ((), FILE.replace("image-digest", "image-digset"), 2),
    ],
)
def test_its_code_says_whether_something_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...], file: str, code: int
) -> None:
    assert slipway(monkeypatch, tmp_path, *options, file=file) == code


def test_a_reader_gets_a_table_and_the_exceptions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured
) -> None:
    slipway(monkeypatch, tmp_path)
    printed = capsys.readouterr()
    assert "Deployment models/wine may break image-digest until 9999-12-31: no mirror yet" in printed.out
    assert [line.split()[:2] for line in printed.out.splitlines()[1:3]] == [
        ["mandatory", "image-digest"],
        ["advisory", "reference-secret"],
    ]
    assert (
        "nothing needs this exception any more. Remove it: Deployment models/wine may break pod-seccomp" in printed.err
    )
    assert f"level production: {len(all_rules())} rules, broken 2 times" in printed.err


def test_an_exception_that_has_ended_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    slipway(monkeypatch, tmp_path, file=FILE.replace("9999-12-31", "2001-01-01"))
    assert "says today; the exception for it ended on 2001-01-01" in capsys.readouterr().out


def test_a_format_goes_into_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    report = tmp_path / "policy.json"
    assert slipway(monkeypatch, tmp_path, "--format", "json", "--out", str(report)) == 1
    assert json.loads(report.read_text())["environment"] == "trial"
    assert capsys.readouterr().out == ""


def test_a_table_goes_into_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    assert slipway(monkeypatch, tmp_path, "--out", str(tmp_path / "x")) == 2
    assert "--out takes what --format json, sarif or junit writes. Add --format" in capsys.readouterr().err
