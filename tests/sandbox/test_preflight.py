import os
import platform
from collections.abc import Callable
from typing import IO, Any

import pytest

from sandbox import SandboxError, paths, preflight

FIT: dict[tuple[Any, str], object] = {
    (platform, "system"): "Linux",
    (platform, "machine"): "aarch64",
    (os, "geteuid"): 0,
    (preflight, "_free_gib"): 16,
    (preflight, "_needed_gib"): 16,
    (preflight, "_memory_gib"): 3.0,
    (preflight, "_overlay"): True,
}
UNFIT: dict[tuple[Any, str], tuple[object, str]] = {
    (platform, "machine"): ("riscv64", "processor: it is riscv64; known are x86_64, aarch64"),
    (os, "geteuid"): (1000, "rights: network namespaces and mounts need root. Run it with sudo"),
    (preflight, "_free_gib"): (15, "disk: 15 GiB free below {cache}, 16 are needed. Free some"),
    (preflight, "_memory_gib"): (2.94, "memory: 2.9 GiB, 3 are needed. Use a larger machine"),
    (preflight, "_overlay"): (
        False,
        "kernel: it has no overlayfs, and `modprobe overlay` loads none. Use a kernel that has it",
    ),
}


@pytest.fixture(autouse=True)
def fit(monkeypatch: pytest.MonkeyPatch) -> None:
    for (module, name), answer in FIT.items():
        monkeypatch.setattr(module, name, _says(answer))


def _says(answer: object) -> Callable[[], object]:
    return lambda: answer


def _told(message: str) -> str:
    return message.format(cache=paths.cache().parent)


def test_a_machine_that_has_all_is_fit(log: IO[str]) -> None:
    assert preflight.check().run(log) == "fit"


@pytest.mark.parametrize("what", UNFIT, ids=lambda what: what[1])
def test_each_obstacle_is_told_with_object_fact_and_cure(
    what: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, message = UNFIT[what]
    monkeypatch.setattr(*what, _says(answer))
    assert list(preflight.obstacles()) == [_told(message)]


def test_all_obstacles_are_told_at_once(log: IO[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for (module, name), (answer, _) in UNFIT.items():
        monkeypatch.setattr(module, name, _says(answer))
    with pytest.raises(SandboxError) as failure:
        preflight.check().run(log)
    told = [_told(message) for _, message in UNFIT.values()]
    assert str(failure.value).splitlines() == ["this machine cannot run the sandbox:", *told]


def test_another_system_is_asked_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", _says("Darwin"))
    monkeypatch.delattr(os, "geteuid")
    (told,) = preflight.obstacles()
    assert told == "system: it is Darwin; a node needs Linux. Use a Linux machine, or Docker and k3d"
