import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import SandboxError, daemons, paths
from sandbox.daemons import Daemon

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
SLEEP = "import time; print('sleeps', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
DIES = "import sys; print('one\\ntwo\\nthree\\nport taken'); sys.exit(1)"

Make = Callable[[str], Daemon]


@pytest.fixture
def daemon(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes daemons of a Python program, in this machine's own network."""
    monkeypatch.setattr(daemons, "inside", lambda *command: list(command))
    made = list[Daemon]()

    def make(program: str) -> Daemon:
        made.append(Daemon(f"d{len(made)}", (sys.executable, "-c", program, str(home), str(len(made)))))
        return made[-1]

    yield make
    for each in made:
        if pid := each.pid():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _running(daemon: Daemon) -> int:
    daemon.start()
    daemons.wait("test", lambda: daemon.log.read_text().endswith("sleeps\n"), (daemon,))
    pid = daemon.pid()
    assert pid
    return pid


def test_a_daemon_is_started_once_found_again_and_ended(daemon: Make) -> None:
    sleeper = daemon(SLEEP)
    assert sleeper.pid() is None
    pid = _running(sleeper)
    sleeper.start()
    assert [found for found, command in daemons.processes() if command == sleeper.command] == [pid]
    assert Daemon("other name", sleeper.command).pid() == pid
    assert os.getsid(pid) == pid
    daemons.end(pid)
    assert sleeper.pid() is None
    assert sleeper.log == paths.sandbox() / "logs/d0.log"


def test_one_daemon_is_not_taken_for_another(daemon: Make) -> None:
    one, other = daemon(SLEEP), daemon(SLEEP)
    _running(one)
    assert other.pid() is None


def test_a_daemon_is_found_before_it_is_in_its_network(
    daemon: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entered = tmp_path / "entered"
    slow = ["sh", "-c", f'until test -e {entered}; do sleep 0.05; done; exec "$@"', "sh"]
    monkeypatch.setattr(daemons, "inside", lambda *command: [*slow, *command])
    sleeper = daemon(SLEEP)
    sleeper.start()
    daemons.wait("test", lambda: sleeper.pid() is not None, (sleeper,))
    early = sleeper.pid()
    assert not sleeper.log.read_text()
    entered.touch()
    assert _running(sleeper) == early


def test_who_ignores_the_request_is_killed(daemon: Make) -> None:
    stubborn = daemon(STUBBORN)
    pid = _running(stubborn)
    began = time.monotonic()
    daemons.end(pid, patience=0.3)
    assert time.monotonic() - began >= 0.3
    assert stubborn.pid() is None


def test_ending_what_is_gone_is_no_error() -> None:
    with subprocess.Popen("true") as gone:
        gone.wait()
    daemons.end(gone.pid)


def test_a_daemon_that_died_is_told_with_the_end_of_its_log(daemon: Make) -> None:
    sleeper, dying = daemon(SLEEP), daemon(DIES)
    _running(sleeper)
    dying.start()
    with pytest.raises(SandboxError) as failure:
        daemons.wait("API server", lambda: False, (sleeper, dying))
    assert str(failure.value) == f"API server: d1 ended. Its log {dying.log} ends:\ntwo\nthree\nport taken"


def test_a_daemon_that_is_never_ready_is_told_when_patience_ends(daemon: Make) -> None:
    sleeper = daemon(SLEEP)
    _running(sleeper)
    with pytest.raises(SandboxError, match=r"^node: d0 is not ready after 1 s\. Its log \S+ ends:\nsleeps$"):
        daemons.wait("node", lambda: False, (sleeper,), seconds=0.6)


def test_a_daemon_that_never_ran_has_no_log(daemon: Make) -> None:
    with pytest.raises(SandboxError, match=r"d0 ended\. Its log \S+ ends:\nno log$"):
        daemons.wait("node", lambda: False, (daemon(SLEEP),))
