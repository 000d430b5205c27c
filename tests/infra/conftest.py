from pathlib import Path

import pytest

from .command_line import CommandLine


@pytest.fixture
def slipway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, in a folder of its own without any environment."""
    (tmp_path / "Pulumi.yaml").write_text("name: slipway\nmain: infra\nruntime: {name: python, options: {}}\n")
    return CommandLine(tmp_path, monkeypatch, capsys)
