"""What preflight measures by itself, without the answers that the other tests put in its mouth."""

import shutil
from types import SimpleNamespace

import pytest

from sandbox import paths, preflight


def test_what_is_built_already_needs_no_space_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=5 * 1024**3))
    assert preflight._free_gib() == 5
    assert preflight._needed_gib() == preflight.DISK_GIB
    (paths.cache() / "bin").mkdir(parents=True)
    assert preflight._needed_gib() < 5


def test_memory_is_what_the_kernel_says() -> None:
    with open("/proc/meminfo") as stream:
        kibibytes = int(stream.readline().split()[1])
    assert preflight._memory_gib() == pytest.approx(kibibytes / 1024**2, rel=0.01)
