from pathlib import Path

import pytest

from sandbox import paths


def test_cache_follows_the_user_and_state_does_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/elsewhere")
    assert paths.cache() == home / "cache/slipway"
    assert paths.kubeconfig() == home / ".local/state/slipway/sandbox/kubeconfig"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert paths.cache() == home / ".cache/slipway"


def test_a_written_file_is_its_owners_alone(home: Path) -> None:
    target = home / "deep/er/key"
    paths.write(target, "secret")
    assert target.read_text() == "secret"
    assert target.stat().st_mode & 0o777 == 0o600


def test_an_unchanged_file_is_left_alone_and_a_changed_one_is_replaced(home: Path) -> None:
    target = home / "file"
    paths.write(target, "one")
    first = target.stat()
    paths.write(target, "one")
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    paths.write(target, "two")
    assert target.read_text() == "two"
    assert target.stat().st_ino != first.st_ino


def test_a_write_that_fails_leaves_the_old_file_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = home / "file"
    paths.write(target, "old")

    def full(path: Path, text: str) -> int:
        with path.open("w") as stream:
            stream.write(text[:3])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space left"):
            paths.write(target, "newer")
    assert target.read_text() == "old"
    paths.write(target, "newer")
    assert target.read_text() == "newer"
    assert [path.name for path in home.iterdir() if "partial" in path.name] == []
