import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import SandboxError, lock, paths

HOLDER = """
from sandbox import lock
with lock.held("one"):
    print("held", flush=True)
    input()
"""
PROJECT = Path(__file__).parents[2]


def test_a_second_holder_is_told_who_is_first_and_the_lock_falls_with_its_process() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER], cwd=PROJECT, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SandboxError, match=rf"^one: another command \(pid {holder.pid}\).*Wait"), lock.held("one"):
            pytest.fail("two hold it")
        with lock.held("two"):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with lock.held("one"):
            assert (paths.state() / "one.lock").read_text().isdigit()


def test_a_lock_is_free_after_a_failure_within_it() -> None:
    with pytest.raises(ZeroDivisionError), lock.held("one"):
        _ = 1 / 0
    with lock.held("one"):
        pass
