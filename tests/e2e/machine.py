"""This machine as a user works on it: the command line, and a record of what the sandbox could leave behind."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from types import MappingProxyType
from typing import Any, NamedTuple

import sandbox
from sandbox import paths

ROOT = Path(__file__).parents[2]
SLIPWAY = Path(sys.executable).parent / "slipway"
SECONDS = 2400
"""Longer than any command of these tests takes, also where nothing is cached and Kubernetes is built first."""

KERNEL = (
    "kernel/keys/*",
    "kernel/panic*",
    "net/bridge/*",
    "net/ipv4/*",
    "net/ipv4/conf/*/*",
    "net/netfilter/*",
    "vm/*",
)
"""Settings below /proc/sys that a node may change."""
COUNTERS = {"nf_conntrack_count", "stat_refresh", "nr_hugepages"}
FOLDERS = (
    "/etc/cni",
    "/opt/cni",
    "/opt/containerd",
    "/run/containerd",
    "/run/netns",
    "/run/runc",
    "/run/slipway",
    "/usr/libexec/kubernetes",
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
)
"""Where container runtimes, network plugins and kubelets put things whatever they are told."""


class Done(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err


def environ(path: str | None = None, **more: str) -> dict[str, str]:
    """Our environment without a Pulumi on PATH, so that kubectl carries everything out; `path` goes before the rest."""
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "pulumi").exists()]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "PULUMI_"))}
    return ours | {"PATH": os.pathsep.join([*filter(None, [path]), *folders]), "COLUMNS": "200", **more}


def slipway(*arguments: str, env: Mapping[str, str] = MappingProxyType({})) -> Done:
    """Run `slipway` to its end, whatever that is."""
    with start(*arguments, env=env) as process:
        out, err = process.communicate(timeout=SECONDS)
    return Done(process.returncode, out, err)


def start(*arguments: str, env: Mapping[str, str] = MappingProxyType({})) -> Popen[str]:
    """Start `slipway`; the caller ends it."""
    command, environment = [str(SLIPWAY), *arguments], env or environ()
    return Popen(command, env=environment, stdout=PIPE, stderr=PIPE, stdin=DEVNULL, text=True)


def well(*arguments: str, env: Mapping[str, str] = MappingProxyType({})) -> Done:
    """Run `slipway`, which must end with code 0."""
    done = slipway(*arguments, env=env)
    assert done.code == 0, f"slipway {' '.join(arguments)}:\n{done.all}"
    return done


def runs() -> bool:
    """Whether a sandbox is there, or what is left of one."""
    return sandbox.status() != [("sandbox", "not made")]


def traces() -> dict[str, list[str]]:
    """All that a sandbox could leave on this machine, by what it is; equal before and after if it leaves nothing."""
    return {
        "links": sorted(link["ifname"] for link in ip("link")),
        "addresses": sorted(json.dumps(each["addr_info"], sort_keys=True) for each in ip("address")),
        "routes": sorted(json.dumps(each, sort_keys=True) for each in ip("-4", "route", "show", "table", "all")),
        "mounts": sorted(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        "cgroups": sorted(_cgroups()),
        "processes": sorted(_processes()),
        "folders": sorted(_files()),
        "kernel": sorted(_kernel()),
        "packet filter": _packet_filter(),
        "state": sorted(str(path) for path in below(paths.state()) if _is_state(path)),
    }


def ip(*arguments: str) -> list[dict[str, Any]]:
    """What `ip -json` lists, without lifetimes, which only count down."""
    printed = subprocess.run(("ip", "-json", *arguments), capture_output=True, text=True, check=True).stdout
    return [_lasting(each) for each in json.loads(printed)]


def _lasting(entry: dict[str, Any]) -> dict[str, Any]:
    inner = entry.get("addr_info")
    if isinstance(inner, list):
        return {**entry, "addr_info": [{k: v for k, v in each.items() if "life_time" not in k} for each in inner]}
    return entry


def _cgroups() -> Iterator[str]:
    root = Path("/sys/fs/cgroup")
    yield from (str(path) for path in root.rglob("*") if re.search("slipway|kube", path.name) and path.is_dir())
    yield from (f"{path} {path.read_text()}" for path in root.glob("cgroup.subtree_control"))


def _processes() -> Iterator[str]:
    """What has to do with the sandbox by its command line, and whoever lives in another network than we do."""
    ours = os.readlink("/proc/self/ns/net")
    marks = (str(paths.sandbox()), str(paths.sockets()))
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if command and (os.readlink(folder / "ns/net") != ours or any(mark in command for mark in marks)):
                yield f"{folder.name} {command}"


def below(folder: Path) -> Iterator[Path]:
    """Everything in `folder`, as far as it does not go away meanwhile."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def _files() -> Iterator[str]:
    for folder in map(Path, FOLDERS):
        if folder.exists():
            yield from map(str, (folder, *below(folder)))


def _kernel() -> Iterator[str]:
    for path in (path for pattern in KERNEL for path in Path("/proc/sys").glob(pattern)):
        if path.is_file() and path.name not in COUNTERS:
            with suppress(OSError):
                yield f"{path} {path.read_text().strip()}"


def _packet_filter() -> list[str]:
    """The rules of this machine's own network, without their counters."""
    if not shutil.which("iptables-save"):
        return []
    printed = subprocess.run(("iptables-save",), capture_output=True, text=True, check=True).stdout
    return [re.sub(r"\[\d+:\d+\]", "", line) for line in printed.splitlines() if not line.startswith("#")]


def _is_state(path: Path) -> bool:
    """Logs outlive what they tell of, and a lock is held by a process, not by its file."""
    return path.suffix not in {".log", ".lock"} and path != paths.logs()
