"""An engine that waits for what cannot start, and somebody who looks."""

import io
import subprocess
import sys
from collections.abc import Collection
from subprocess import PIPE, Popen

import pytest

from components.errors import SlipwayError
from infra import overseer
from infra.live import Unreachable
from infra.overseer import AWAITED, Look, Overseer

LINE = " +  kubernetes:apps/v1:Deployment lab-deployment.models.iris creating (0s) Waiting for app ReplicaSet"
ENGINE = f"""
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and the engine does not
try:
    print({LINE!r}, flush=True)
    time.sleep(float(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overseer, "SECONDS", 0.02)


def engine(seconds: float) -> "Popen[str]":
    command = (sys.executable, "-IS", "-c", ENGINE, str(seconds))
    return subprocess.Popen(command, stdout=PIPE, text=True, process_group=0)


def overseen(process: "Popen[str]", look: Look, log: io.StringIO) -> str:
    assert process.stdout
    with Overseer(process, look) as overseer:
        return overseer.copied(process.stdout, log)


def test_what_cannot_start_ends_the_engine_well_and_is_the_reason() -> None:
    def look(places: Collection[str]) -> None:
        if places:
            raise SlipwayError(f"{', '.join(places)} cannot start")

    log = io.StringIO()
    with engine(600) as process, pytest.raises(SlipwayError, match="models/iris cannot start"):
        overseen(process, look, log)
    assert process.returncode == 0
    assert log.getvalue().splitlines() == [LINE, "interrupted"]


def test_a_cluster_that_is_silent_for_a_while_does_not_end_the_engine() -> None:
    looks = []

    def look(places: Collection[str]) -> None:
        looks.append(places)
        raise Unreachable("silence")

    with engine(0.5) as process:
        assert overseen(process, look, io.StringIO()) == f"{LINE}\n"
    assert len(looks) > 1


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (LINE, ("models", "iris")),
        (" ~  kubernetes:apps/v1:StatefulSet a-b-statefulset.c.d updating (3s) [diff: ~spec]; Waiting", ("c", "d")),
        (" ~  kubernetes:apps/v1:StatefulSet a-b-statefulset.c.d updating (3s) Waiting for", ("c", "d")),
        (" ~  kubernetes:apps/v1:StatefulSet a-b-statefulset.c.d updating (3s) [diff: ~spec]", None),
        (" +  kubernetes:apps/v1:Deployment lab-deployment.models.iris creating (0s) ", None),
        (" +  kubernetes:apps/v1:Deployment lab-deployment.models.iris created (9s) ", None),
        (" -  kubernetes:apps/v1:Deployment lab-deployment.models.iris deleting (0s) ", None),
        (" +  kubernetes:core/v1:Service lab-service.models.iris creating (0s) Waiting for Pods", None),
    ],
)
def test_what_the_engine_waits_for(line: str, place: tuple[str, str] | None) -> None:
    found = AWAITED.search(line)
    assert (found and found.groups()) == place
