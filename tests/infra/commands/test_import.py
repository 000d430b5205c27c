"""`slipway import`: where it writes, and with which code it ends."""

from pathlib import Path

import pytest

from tests.infra.command_line import CommandLine

POD = "{containers: [{name: a, image: 'a:1', ports: [{containerPort: 80}]}]}"
DEPLOYMENT = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s}, spec: {template: {spec: %s}}}\n"
GIVEN = DEPLOYMENT % ("fraud-api", POD)


@pytest.fixture
def slipway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    (tmp_path / "given.yaml").write_text(GIVEN)
    return CommandLine(tmp_path, monkeypatch, capsys)


def test_the_stack_goes_to_the_screen_and_what_it_lacks_beside_it(slipway: CommandLine) -> None:
    done = slipway("import", "given.yaml", "--owner", "risk")
    assert done.code == 0
    assert 'name="fraud-api"' in done.out
    assert "patches.NetworkPolicy" in done.err


def test_each_stack_gets_its_file_which_is_never_overwritten(slipway: CommandLine) -> None:
    (slipway.folder / "given.yaml").write_text(f"{GIVEN}---\n{DEPLOYMENT % ('words', POD)}")
    arguments = ("import", "given.yaml", "--owner", "risk", "--out", ".")
    assert slipway(*arguments).code == 0
    assert {each.name for each in slipway.folder.glob("*.py")} == {"fraud_api.py", "words.py"}
    again = slipway(*arguments)
    assert again.code == 1
    assert "is there already" in again.err


def test_several_stacks_do_not_go_into_one_file(slipway: CommandLine) -> None:
    (slipway.folder / "given.yaml").write_text(f"{GIVEN}---\n{DEPLOYMENT % ('words', POD)}")
    done = slipway("import", "given.yaml", "--owner", "risk", "--out", "one.py")
    assert (done.code, (slipway.folder / "one.py").exists()) == (1, False)


def test_nothing_is_written_where_a_field_would_be_lost(slipway: CommandLine) -> None:
    (slipway.folder / "given.yaml").write_text(GIVEN.replace("a:1", "a"))
    done = slipway("import", "given.yaml", "--owner", "risk", "--out", "one.py")
    assert (done.code, (slipway.folder / "one.py").exists()) == (2, False)
    assert "containers[0].image: 'a' must name a tag" in done.err


def test_a_file_that_is_not_there_is_said(slipway: CommandLine) -> None:
    done = slipway("import", "nowhere.yaml", "--owner", "risk")
    assert done.code == 1
    assert "nowhere.yaml" in done.err
