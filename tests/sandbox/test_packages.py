from pathlib import Path
from typing import IO

import pytest

from sandbox import SandboxError, packages

from .conftest import Fake


@pytest.fixture
def policy(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(packages, "POLICY", home / "policy-rc.d")
    return home / "policy-rc.d"


def test_what_is_not_there_is_missing(fake: Fake, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"runc": "runc", "ip": "iproute2", f"{home}/cni/ptp": "cni", f"{home}/key": "keyring"}
    monkeypatch.setattr(packages, "PROGRAMS", wanted)
    assert packages.missing() == ["cni", "iproute2", "keyring", "runc"]
    fake("runc", "")
    (home / "key").touch()
    (home / "cni").mkdir()
    (home / "cni/ptp").touch()
    assert packages.missing() == ["iproute2"]


def test_nothing_is_installed_where_nothing_is_missing(
    fake: Fake, log: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PROGRAMS", {"runc": "runc"})
    fake("runc", "")
    fake("apt-get", "exit 1")
    assert packages.install().run(log) == "there"


@pytest.mark.parametrize("theirs", [None, "#!/bin/sh\nexit 0\n"])
@pytest.mark.parametrize("status", [0, 1])
def test_services_stay_unstarted_and_the_policy_is_as_before(
    fake: Fake, log: IO[str], policy: Path, theirs: str | None, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PROGRAMS", {"nothing": "one", "nor-this": "two"})
    if theirs:
        policy.write_text(theirs)
    seen = policy.with_name("seen")
    fake("apt-get", f'[ "$1" = update ] && exit 0; cp {policy} {seen}; echo "got $*"; exit {status}')
    if status:
        with pytest.raises(SandboxError, match=r"apt-get install .*ended with 1"):
            packages.install().run(log)
    else:
        assert packages.install().run(log) == "installed one, two"
    assert seen.read_text() == (theirs or "#!/bin/sh\n# of slipway's sandbox\nexit 101\n")
    assert (policy.read_text() if policy.exists() else None) == theirs
    log.seek(0)
    assert "--no-remove --option=DPkg::Lock::Timeout=120 one two\n" in log.read()


def test_a_policy_that_a_killed_run_left_is_taken_away(
    fake: Fake, log: IO[str], policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PROGRAMS", {"nothing": "one"})
    policy.write_text("#!/bin/sh\n# of slipway's sandbox\nexit 101\n")
    fake("apt-get", "exit 0")
    packages.install().run(log)
    assert not policy.exists()


def test_without_apt_the_packages_are_named(fake: Fake, log: IO[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PROGRAMS", {"nothing": "one", "nor-this": "two"})
    with pytest.raises(SandboxError, match=r"^one, two missing and there is no apt-get\. Install them"):
        packages.install().run(log)
