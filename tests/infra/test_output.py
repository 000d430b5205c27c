"""What is printed: coloured on a terminal, plain and unwrapped in a pipe."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from components.errors import SlipwayError
from infra import output

COMMAND = (sys.executable, "-m", "infra.cli", "cost")
SAID = "error: Missing option '--env' / '-e' (env var: 'SLIPWAY_ENV'). `--help` says what there is"
LONG = "x" * 300


def on_a_terminal(**env: str) -> str:
    """What a wrong command prints on one."""
    ours, theirs = pty.openpty()
    environ = {
        name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "SLIPWAY_ENV")
    }
    with open(ours, "rb", buffering=0) as screen:
        code = subprocess.run(COMMAND, stdout=theirs, stderr=theirs, env={**environ, "TERM": "xterm", **env}).returncode
        os.close(theirs)
        printed = screen.read(4096).decode()
    assert code == 2
    return printed.replace("\r\n", "\n")


def test_an_error_is_red_on_a_terminal() -> None:
    assert on_a_terminal() == f"\x1b[31merror:\x1b[0m {SAID.removeprefix('error: ')}\n"


def test_no_color_is_honoured() -> None:
    assert on_a_terminal(NO_COLOR="1") == f"{SAID}\n"


def test_in_a_pipe_it_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    output.error(SlipwayError("[bold]odd[/bold] :smile: 1.5"))
    output.line("text", "green")
    assert capsys.readouterr() == ("text\n", "error: [bold]odd[/bold] :smile: 1.5\n")


def test_in_a_pipe_nothing_is_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("what", "state"), [("a", LONG), ("[red]b", "c")])
    output.as_json({"a": LONG})
    output.note(LONG)
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.split() for line in lines[:3]] == [["what", "state"], ["a", LONG], ["[red]b", "c"]]
    assert lines[3:] == ["{", f'  "a": "{LONG}"', "}"]
    assert printed.err == f"{LONG}\n"


def test_an_error_of_the_system_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    output.error(FileNotFoundError(2, "No such file or directory", "a/b"))
    output.error(BrokenPipeError(32, "Broken pipe"))
    assert capsys.readouterr().err.splitlines() == [
        "error: a/b: No such file or directory",
        "error: this machine: Broken pipe",
    ]


def test_a_document_goes_into_its_file_or_to_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output.document("text é\n", tmp_path / "a")
    output.document("text\n")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "text é\n"
    assert capsys.readouterr().out == "text\n"
    with pytest.raises(SlipwayError, match=r"cannot be written: Is a directory\. Choose another --out"):
        output.document("text", tmp_path)
