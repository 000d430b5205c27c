"""What is wrong is said whole, with place, fact and cure, before anything is touched: the tables beside this file."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml

import model_stacks
from infra import engine
from infra.environment_file import SIZE_LIMIT

from .command_line import CommandLine, Done

HERE = Path(__file__).parent
LAB = "config:\n  slipway:cluster: {existing: {kubeconfig: none}}\n  slipway:models: {iris: }\n"
BROKEN = "config:\n  slipway:cluster: {existing: {kubeconfig: ~/x}}\n  slipway:models:\n    broken:\n"
ASKED = "Environment lab: you asked for it.\n"
"""What `up` says first."""


@cache
def table(name: str) -> Any:
    """What a file beside this one has."""
    return yaml.load((HERE / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


def files() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The wrong environment files of each frame: their subject; of each file its text, and what is said of it."""
    for path in sorted((HERE / "bad_inputs").glob("*.yaml")):
        for group in table(f"bad_inputs/{path.name}"):
            yield (
                path.stem,
                [(group["frame"].replace("<given>", case["given"]), case["says"]) for case in group["cases"]],
            )


FILES = list(files())
SOME = dict([(subject, group[0]) for subject, group in FILES][::8])
"""A few of them, for each takes a process of its own."""
UNREADABLE = {
    "UTF-16": (LAB.encode("utf-16"), "Pulumi.lab.yaml is not UTF-8 (byte 0). Save it as UTF-8"),
    "UTF-32": (LAB.encode("utf-32"), "Pulumi.lab.yaml is not UTF-8 (byte 0). Save it as UTF-8"),
    "Latin-1": ("# é\n".encode("latin-1"), "Pulumi.lab.yaml is not UTF-8 (byte 2). Save it as UTF-8"),
    "binary": (bytes(range(256)), "Pulumi.lab.yaml is not UTF-8 (byte 128). Save it as UTF-8"),
    "huge": (
        LAB.encode() + b"#" * SIZE_LIMIT,
        "Pulumi.lab.yaml is over 131,072 bytes. An environment is a page, not a database",
    ),
    "deep flow": (
        b"config: " + b"[" * 60_000,
        "Pulumi.lab.yaml:1: is nested 50 levels deep. An environment needs a dozen",
    ),
    "deep block": (
        b"\n".join(b" " * depth + b"a:" for depth in range(52)),
        "Pulumi.lab.yaml:51: is nested 50 levels deep. An environment needs a dozen",
    ),
    "old Mac line ends": (
        b"config:\r  slipway:cluster: {}\r",
        "Pulumi.lab.yaml:2: slipway:cluster: has 0, and needs at least 1. Add some",
    ),
    "Windows line ends": (
        LAB.replace("iris: ", "irs: ").replace("\n", "\r\n").encode(),
        "Pulumi.lab.yaml:3: slipway:models.irs: there is no 'irs' in model_stacks. Did you mean 'iris'?",
    ),
    "byte order mark": (
        b"\xef\xbb\xbf" + LAB.replace("iris: ", "irs: ").encode(),
        "Pulumi.lab.yaml:3: slipway:models.irs: there is no 'irs' in model_stacks. Did you mean 'iris'?",
    ),
    "aliases that multiply": (
        "".join(f"x{n}: &a{n} [{', '.join(['1' if n == 0 else f'*a{n - 1}'] * 9)}]\n" for n in range(9)).encode()
        + b"config: {'slipway:models': *a8}\n",
        "Pulumi.lab.yaml: aliases make more than 131,072 values of it. Write out what is meant",
    ),
}


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program is started: neither an engine nor kubectl."""

    def start(*command: Any, **options: Any) -> None:
        raise AssertionError(f"started {command}")

    for module in (subprocess, engine):
        monkeypatch.setattr(module, "Popen", start)
    monkeypatch.setattr(subprocess, "run", start)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("group", [group for _, group in FILES], ids=[subject for subject, _ in FILES])
def test_a_wrong_file_is_refused_with_every_mistake(slipway: CommandLine, group: list[tuple[str, str]]) -> None:
    def told(text: str) -> Done:
        slipway.write(text)
        return slipway("up", "--env", "lab")

    assert {text: told(text) for text, _ in group} == {text: (2, "", f"{ASKED}error: {says}\n") for text, says in group}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("content", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_text_is_refused(slipway: CommandLine, content: bytes, says: str) -> None:
    (slipway.folder / "Pulumi.lab.yaml").write_bytes(content)
    assert slipway("up", "--env", "lab") == (2, "", f"{ASKED}error: {says}\n")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("folder", "Is a directory"),
        ("loop", "Too many levels of symbolic links"),
        ("dangling", "No such file or directory"),
        ("forbidden", "Permission denied"),
    ],
)
def test_what_is_no_file_is_refused(
    slipway: CommandLine, monkeypatch: pytest.MonkeyPatch, kind: str, reason: str
) -> None:
    path = slipway.folder / "Pulumi.lab.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "forbidden":  # by a patch, for root may read everything
        slipway.write(LAB)
        monkeypatch.setattr(Path, "read_text", Mock(side_effect=PermissionError(errno.EACCES, reason)))
    else:
        path.symlink_to(path if kind == "loop" else slipway.folder / "none")
    says = f"Pulumi.lab.yaml cannot be read: {reason}. Mend its path or its rights"
    assert slipway("images", "--env", "lab") == (2, "", f"error: {says}\n")


@pytest.mark.parametrize("case", table("bad_arguments.yaml"), ids=lambda case: " ".join(case["arguments"]))
def test_a_wrong_argument_is_refused(slipway: CommandLine, case: dict[str, Any]) -> None:
    slipway.write(LAB)
    code, _, err = slipway(*case["arguments"])
    assert (code, err.replace(str(slipway.folder), "<folder>")) == (case["code"], f"error: {case['says']}\n")


@pytest.mark.parametrize("case", table("bad_stacks.yaml"), ids=lambda case: case["source"].rstrip().rpartition("\n")[2])
def test_a_broken_stack_is_told_by_its_line(
    slipway: CommandLine, monkeypatch: pytest.MonkeyPatch, case: dict[str, str]
) -> None:
    (slipway.folder / "broken.py").write_text(case["source"])
    monkeypatch.setattr(model_stacks, "__path__", [*model_stacks.__path__, str(slipway.folder)])
    monkeypatch.setitem(sys.modules, "model_stacks.broken", Mock())  # so that it is forgotten in the end
    monkeypatch.delitem(sys.modules, "model_stacks.broken")
    slipway.write(BROKEN)
    assert slipway("images", "--env", "lab") == (2, "", f"error: {case['says']}\n")


@pytest.mark.parametrize("subject", SOME)
def test_the_program_says_it_as_its_function_does(tmp_path: Path, subject: str) -> None:
    text, says = SOME[subject]
    (tmp_path / "Pulumi.lab.yaml").write_text(text, encoding="utf-8")
    command = (sys.executable, "-m", "infra.cli", "--project", str(tmp_path), "images", "--env", "lab")
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {says}\n")


def test_there_are_enough_of_them_and_none_twice() -> None:
    tried = [text for _, group in FILES for text, _ in group]
    assert len(set(tried)) == len(tried) >= 1000
    assert len({subject for subject, _ in FILES}) >= 20
