"""Whatever is wrong with an environment file raises Invalid and nothing else, and so never reaches an engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.errors import Invalid
from infra import environment_file, settings

PROJECT = Path(__file__).parents[2]
TEXTS = tuple((PROJECT / f"Pulumi.{name}.yaml").read_bytes() for name in environment_file.names(PROJECT))
WORDS = (
    b"\t",
    b"\0",
    b"\xff",
    b"- ",
    b": ",
    b"{",
    b"}",
    b"[",
    b"'",
    b"&a ",
    b"*a",
    b"!!int ",
    b"<<: ",
    b"null",
    b"017",
    b"~",
    b"\n",
)
NUMBERS = st.integers(0, 10_000)
SESSION = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _flipped(text: bytes, at: int, by: int) -> bytes:
    at %= len(text)
    return text[:at] + bytes([text[at] ^ (1 << by % 8)]) + text[at + 1 :]


def _inserted(text: bytes, at: int, by: int) -> bytes:
    at %= len(text)
    return text[:at] + WORDS[by % len(WORDS)] + text[at:]


def _dropped(text: bytes, at: int, by: int) -> bytes:
    lines = text.splitlines(keepends=True)
    at %= len(lines)
    return b"".join(lines[:at] + lines[at + 1 + by % 3 :])


def _moved(text: bytes, at: int, by: int) -> bytes:
    lines = text.splitlines(keepends=True)
    lines.insert(by % len(lines), lines.pop(at % len(lines)))
    return b"".join(lines)


def _indented(text: bytes, at: int, by: int) -> bytes:
    lines = text.splitlines(keepends=True)
    lines[at % len(lines)] = b" " * (by % 5) + lines[at % len(lines)].lstrip()
    return b"".join(lines)


MUTATIONS: tuple[Callable[[bytes, int, int], bytes], ...] = (_flipped, _inserted, _dropped, _moved, _indented)
steps = st.lists(st.tuples(st.sampled_from(MUTATIONS), NUMBERS, NUMBERS), min_size=1, max_size=4)


def read(folder: Path, text: bytes, changes: Any) -> None:
    """An environment whose file was changed is an environment, or Invalid with the file's name in every line."""
    lines: list[str] = []
    for change, at, by in changes:
        text = change(text, at, by) or b"\n"
    (folder / "Pulumi.lab.yaml").write_bytes(text)
    try:
        settings.from_file("lab", folder).units()
    except Invalid as error:
        lines = str(error).splitlines()
    event("refused" if lines else "taken")
    assert [line for line in lines if not line.startswith("Pulumi.lab.yaml")] == []


@given(st.sampled_from(TEXTS), steps)
@hypothesis_settings(max_examples=60, suppress_health_check=SESSION)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, text: bytes, changes: Any) -> None:
    read(tmp_path, text, changes)


@pytest.mark.soak
@given(st.sampled_from(TEXTS), steps)
@hypothesis_settings(max_examples=3000, suppress_health_check=SESSION)
def test_a_damaged_file_is_read_or_refused_three_thousand_times(tmp_path: Path, text: bytes, changes: Any) -> None:
    read(tmp_path, text, changes)
