import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import IO

import pytest

from sandbox import SandboxError, network
from sandbox.step import direct_environ, run, succeeds

PROJECT = Path(__file__).parents[2]


def test_output_of_both_kinds_is_returned_and_logged(log: IO[str]) -> None:
    assert sorted(run(log, "sh", "-c", "echo out; echo err >&2").split()) == ["err", "out"]
    log.seek(0)
    assert log.read().startswith("$ sh -c echo out; echo err >&2\n")


def test_a_program_gets_input_folder_and_environment(home: Path, log: IO[str]) -> None:
    assert run(log, "cat", stdin="x" * 100_000) == "x" * 100_000
    assert run(log, "sh", "-c", "pwd; echo $WORD", cwd=home, env={"WORD": "hello"}) == f"{home}\nhello\n"


def test_a_failure_tells_command_code_and_last_lines(log: IO[str]) -> None:
    with pytest.raises(SandboxError) as failure:
        run(log, "sh", "-c", "for i in 1 2 3 4 5 6; do echo line $i; done; exit 7")
    message = str(failure.value)
    assert message.startswith("`sh -c for i")
    assert "ended with 7: line 2\n" in message
    assert message.endswith("line 6")


def test_a_missing_program_is_a_failure_with_its_name(log: IO[str]) -> None:
    with pytest.raises(SandboxError, match=r"no-such-program.*No such file"):
        run(log, "no-such-program")


def test_a_program_that_reads_nothing_fails_by_its_own_words(log: IO[str]) -> None:
    with pytest.raises(SandboxError, match="ended with 3: refused"):
        run(log, "sh", "-c", "exec <&-; echo refused; exit 3", stdin="x" * 1_000_000)


def test_output_that_is_no_utf8_is_shown_nevertheless(log: IO[str]) -> None:
    assert run(log, "printf", r"caf\351") == "caf\N{REPLACEMENT CHARACTER}"


def test_a_killed_parent_takes_its_program_with_it(home: Path) -> None:
    note = home / "pid"
    work = f"import sys; from sandbox.step import run; run(sys.stdout, 'sh', '-c', 'echo $$ > {note}; exec sleep 60')"
    with subprocess.Popen([sys.executable, "-c", work], cwd=PROJECT, stdout=subprocess.DEVNULL) as parent:
        _until(lambda: note.exists() and note.read_text().endswith("\n"))
        child = int(note.read_text())
        _until(lambda: _command(child) == ["sleep", "60"])
        parent.send_signal(signal.SIGKILL)
    _until(lambda: _command(child) != ["sleep", "60"])


def test_succeeds_says_whether_a_program_is_there_and_ends_well() -> None:
    assert succeeds("true")
    assert not succeeds("false")
    assert not succeeds("no-such-program")


def test_no_proxy_is_asked_for_an_address_of_any_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org")
    excepted = direct_environ()["NO_PROXY"].split(",")
    assert excepted[0] == "example.org"
    direct = [IPv4Network(item) for item in excepted[1:] if "/" in item]
    for block in map(IPv4Network, network.PRIVATE):
        assert any(block.subnet_of(wide) for wide in direct), block
    assert direct_environ()["no_proxy"] == direct_environ()["NO_PROXY"]
    assert direct_environ()["HOME"] == os.environ["HOME"]


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except OSError:
        return []


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
