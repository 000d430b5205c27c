import subprocess
from pathlib import Path
from typing import IO

import pytest

from sandbox import SandboxError, paths, remains


@pytest.fixture
def v1() -> Path:
    """Several hierarchies, and something that is none."""
    for hierarchy in ("memory", "cpu", "unified"):
        (remains.CGROUPS / hierarchy).mkdir()
        (remains.CGROUPS / hierarchy / "cgroup.procs").touch()
    (remains.CGROUPS / "none").mkdir()
    (remains.CGROUPS / "unified" / "cgroup.controllers").write_text("hugetlb\n")
    return remains.CGROUPS


@pytest.fixture
def v2() -> Path:
    """One hierarchy whose root passes on what systemd asks for, and no more."""
    (remains.CGROUPS / "cgroup.procs").touch()
    (remains.CGROUPS / "cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids rdma misc\n")
    (remains.CGROUPS / "cgroup.subtree_control").write_text("cpu io memory pids\n")
    (remains.CGROUPS / "system.slice").mkdir()
    return remains.CGROUPS


def test_one_group_in_each_hierarchy_of_v1(v1: Path) -> None:
    remains.make_cgroups()
    remains.make_cgroups()
    assert sorted(path.relative_to(v1) for path in v1.rglob("slipway")) == [
        Path("cpu/slipway"),
        Path("memory/slipway"),
        Path("unified/slipway"),
    ]


def test_one_group_in_v2_with_all_that_a_kubelet_asks(v2: Path) -> None:
    remains.make_cgroups()
    assert list(remains.cgroups()) == [v2 / "slipway"]
    assert (v2 / "slipway").is_dir()
    assert (v2 / "cgroup.subtree_control").read_text() == "+cpuset +hugetlb"


def test_what_is_passed_on_already_is_not_asked_again(v2: Path) -> None:
    (v2 / "cgroup.subtree_control").write_text("cpuset cpu memory hugetlb pids\n")
    remains.make_cgroups()
    assert (v2 / "cgroup.subtree_control").read_text() == "cpuset cpu memory hugetlb pids\n"


def test_a_container_that_cannot_have_groups_is_told_so(v2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(path: Path, text: str) -> int:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "write_text", busy)
    with pytest.raises(SandboxError, match=r"^cgroups: .*cpuset, hugetlb \(Device or resource busy\)\. Run it on"):
        remains.make_cgroups()


def test_groups_are_removed_the_innermost_first(v1: Path) -> None:
    remains.make_cgroups()
    (v1 / "cpu/slipway/kubepods/burstable/pod1").mkdir(parents=True)
    (v1 / "cpu/other").mkdir()
    remains.remove_cgroups()
    assert list(v1.rglob("slipway")) == []
    assert (v1 / "cpu/other").is_dir()


def test_only_processes_of_the_sandboxs_groups_are_killed(v1: Path, log: IO[str]) -> None:
    remains.make_cgroups()
    pod = v1 / "memory/slipway/pod1"
    pod.mkdir()
    with subprocess.Popen(["sleep", "60"]) as ours, subprocess.Popen(["sleep", "60"]) as theirs:
        (pod / "cgroup.procs").write_text(f"{ours.pid}\n")
        (v1 / "memory/cgroup.procs").write_text(f"{ours.pid}\n{theirs.pid}\n")
        assert remains.kill_pods(log) == 1
        assert ours.wait(5) == -9
        assert theirs.poll() is None
        theirs.kill()
    assert remains.kill_pods(log) == 1  # still listed; to be gone already is no error


@pytest.fixture
def places(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A kernel setting, and folders at fixed places: one that is there before, two that are not."""
    found = {name: home / name for name in ("setting", "there", "ours", "shared")}
    found["setting"].write_text("1\n")
    found["there"].mkdir()
    monkeypatch.setattr(remains, "KERNEL", (str(found["setting"]),))
    monkeypatch.setattr(remains, "FIXED", tuple(str(found[name]) for name in ("there", "ours", "shared")))
    return found


def test_the_machine_is_restored_to_what_it_was_before_the_first_start(v2: Path, places: dict[str, Path]) -> None:
    (v2 / "cgroup.subtree_control").write_text("cpu cpuset memory pids\n")
    remains.remember()
    remains.make_cgroups()
    places["setting"].write_text("10\n")
    (places["ours"] / "device-plugins").mkdir(parents=True)
    (places["ours"] / "device-plugins/kubelet.sock").touch()
    (places["there"] / "empty").mkdir()
    remains.remember()
    remains.restore()
    assert places["setting"].read_text() == "1"
    assert (v2 / "cgroup.subtree_control").read_text() == "-hugetlb"
    assert not places["ours"].exists()
    assert (places["there"] / "empty").is_dir()


def test_a_place_that_another_runtime_has_come_to_use_stays(v1: Path, places: dict[str, Path]) -> None:
    remains.remember()
    (places["shared"] / "io.containerd").mkdir(parents=True)
    (places["shared"] / "containerd.sock").touch()
    remains.restore()
    assert (places["shared"] / "containerd.sock").exists()
    assert (places["shared"] / "io.containerd").is_dir()


def test_without_a_note_nothing_is_touched(places: dict[str, Path]) -> None:
    places["ours"].mkdir()
    remains.restore()
    assert places["setting"].read_text() == "1\n"
    assert places["ours"].exists()
    assert not paths.sandbox().exists()
