"""From a fresh machine to .venv: with stand-ins for Python and for what installs, no network, no package."""

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from infra.downloads import RELEASES
from scripts import setup

ROOT = Path(__file__).parent.parent
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-policy.lock",
    "requirements-clouds.lock",
    "requirements-stores.lock",
    "scripts/installer.lock",
)

DRIVER = """
import signal, sys
sys.path.insert(0, "scripts")
import setup

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job would ignore

def stage(title, script, kind):
    return setup.Stage(title, ("sh", "-c", script, kind))

def stages(kind):
    yield stage("Making", "mkdir -p .venv && rm -rf .venv/* && echo $0 >> made", kind)
    yield stage("Packages", "test ! -e slow || sleep 3; test ! -e broken || { echo no room; exit 3; }", kind)
    yield stage("Slipway", "echo $0 >> finished", kind)

setup.stages = stages
setup.main()
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose set-up has stages that only leave traces."""
    folder = tmp_path / "checkout"
    for name in ("scripts/setup.py", "pyproject.toml", *LOCKS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "driver.py").write_text(DRIVER)
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def start(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "driver.py", *arguments]
    return subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run(checkout: Path, *arguments: str, code: int = 0) -> str:
    with start(checkout, *arguments) as process:
        printed, _ = process.communicate(timeout=20)
    assert process.returncode == code, printed
    return printed


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_each_stage_is_one_line_with_its_seconds(checkout: Path) -> None:
    printed = run(checkout).splitlines()
    assert [line.split()[1] for line in printed] == ["Making", "Packages", "Slipway"]
    assert all(re.fullmatch(r"✓ \S+ +\d+\.\d s", line) for line in printed)


def test_it_is_done_once(checkout: Path) -> None:
    run(checkout)
    assert run(checkout) == ""
    assert lines(checkout / "made") == ["run"]


def test_what_tests_need_covers_what_slipway_needs_and_not_the_other_way(checkout: Path) -> None:
    run(checkout)
    run(checkout, "dev")
    run(checkout)
    run(checkout, "dev")
    assert lines(checkout / "finished") == ["run", "dev"]


@pytest.mark.parametrize("name", ["pyproject.toml", *LOCKS])
def test_a_change_of_what_it_is_made_from_makes_it_anew(checkout: Path, name: str) -> None:
    run(checkout)
    (checkout / name).write_text((checkout / name).read_text() + "\n# changed\n")
    run(checkout)
    assert lines(checkout / "finished") == ["run", "run"]


def test_a_checkout_that_was_moved_makes_it_anew(checkout: Path) -> None:
    run(checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    run(moved)
    assert lines(moved / "finished") == ["run", "run"]


def test_a_failure_shows_what_was_said_and_where_all_of_it_is(checkout: Path, tmp_path: Path) -> None:
    (checkout / "broken").touch()
    printed = run(checkout, code=1)
    assert "no room" in printed
    assert "Packages: ended with 3" in printed
    assert str(tmp_path / ".local/state/slipway/logs/setup.log") in printed
    assert "Traceback" not in printed
    (checkout / "broken").unlink()
    run(checkout)
    assert lines(checkout / "finished") == ["run"]


def test_a_set_up_that_was_killed_is_made_anew_when_all_it_started_has_ended(checkout: Path) -> None:
    (checkout / "slow").touch()
    with start(checkout) as killed:
        wait_for(checkout / "made")
        time.sleep(0.2)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        (checkout / "slow").unlink()
        began = time.monotonic()
        printed = run(checkout)
    assert "another set-up" in printed
    assert time.monotonic() - began > 0.4
    assert lines(checkout / "made") == ["run", "run"]
    assert lines(checkout / "finished") == ["run"]


def test_two_at_once_make_it_once(checkout: Path) -> None:
    (checkout / "slow").touch()
    with start(checkout) as first:
        wait_for(checkout / "made")
        assert "another set-up" in run(checkout)
        assert first.wait() == 0
    assert lines(checkout / "finished") == ["run"]


def test_an_interruption_is_no_traceback(checkout: Path) -> None:
    (checkout / "slow").touch()
    with start(checkout) as process:
        wait_for(checkout / "made")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate()
    assert process.returncode == 1
    assert "interrupted" in printed
    assert "Traceback" not in printed


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def interpreter(folder: Path, name: str, version: tuple[int, int]) -> None:
    """A Python of that version, as far as anybody asks."""
    old = "1" if version < (3, 11) else "0"
    script = f'#!/bin/sh\ncase "$2" in *print*) echo "it is {version[0]}.{version[1]}.0" ;; *) exit {old} ;; esac\n'
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def find_python(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(ROOT / "scripts/python")]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": str(folder)})


def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    interpreter(tmp_path, "python3", (3, 10))
    interpreter(tmp_path, "python3.12", (3, 12))
    interpreter(tmp_path, "python3.11", (3, 11))
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.12")
    interpreter(tmp_path, "python3", (3, 11))
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3")


def test_an_old_python_and_none_are_refused_with_the_cure(tmp_path: Path) -> None:
    found = find_python(tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert "there is none" in found.stderr
    interpreter(tmp_path, "python3", (3, 9))
    assert "it is 3.9.0; Slipway needs 3.11" in find_python(tmp_path).stderr
    assert "sudo apt-get install python3.11 python3.11-venv" in find_python(tmp_path).stderr


def pins(name: str) -> dict[str, Version]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonical(package): Version(version) for package, version in found}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))])
def test_the_lock_files_have_what_the_project_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    pinned = pins(lock)
    for requirement in map(Requirement, asked):
        assert pinned[canonical(requirement.name)] in requirement.specifier, requirement


def test_what_tests_need_has_the_very_versions_that_users_get() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_server_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    for pin in re.split(r"\n(?=\S)", text):
        assert "--hash=sha256:" in pin
    assert "://" not in text


def test_continuous_integration_runs_the_same_commands_with_the_same_tools() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["test"]["steps"]
    assert steps[-1]["run"] == ".ci/run"
    assert (ROOT / ".ci/run").read_text().endswith("exec make test\n")
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
    assert f"pulumi-version: {RELEASES['pulumi'].version}" in text
    asset = RELEASES["k3d"].assets["x86_64"]
    assert asset.url in text
    assert asset.sha256 in text


def test_the_users_settings_of_pip_hold_for_the_faster_installer_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://index.example/simple\n")
    for variable in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    monkeypatch.setenv("UV_FIND_LINKS", "/own")
    settings = setup._as_for_pip(sys.executable)
    assert settings == {"UV_SYSTEM_CERTS": "true", "UV_DEFAULT_INDEX": "https://index.example/simple"}
