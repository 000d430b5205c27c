"""The command line, called without a process of its own."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from infra import cli


class Done(NamedTuple):
    """How a command ended, and what it printed."""

    code: int | str | None
    out: str
    err: str


class CommandLine:
    """`slipway` for the project in `folder`, which is also where it is called."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._captured = folder, patch, captured
        patch.setenv("SLIPWAY_PROJECT", str(folder))
        patch.chdir(folder)

    def write(self, text: str, name: str = "lab") -> None:
        """Make environment `name` say `text`."""
        (self.folder / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8", newline="")

    def __call__(self, *arguments: str) -> Done:
        self._patch.setattr(sys, "argv", ["slipway", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        printed = self._captured.readouterr()
        return Done(left.value.code, printed.out, printed.err)
