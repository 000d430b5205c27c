"""The sandbox's own network: a namespace with a door to this machine and no way beyond it."""

import json
import subprocess
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import IO, NamedTuple

from sandbox import paths
from sandbox.paths import write
from sandbox.step import SandboxError, Step, run, succeeds

NAMESPACE = "slipway"
FOLDER = Path("/run/netns")
"""Where `ip netns` keeps namespaces; it makes the folder, and a mount on it, for the first, and leaves both."""
OUTSIDE, INSIDE, NOWHERE = "slipway-host", "slipway-node", "slipway-void"
"""The two ends of the door, and an empty bridge: what has no route inside ends there."""

NEVER_USED = "192.0.2.1"
"""An address that only a default route leads to (RFC 5737)."""
PRIVATE = ("10.192.0.0/10", "172.16.0.0/12", "198.18.0.0/15")
"""Where a free /16 is looked for (RFC 1918, RFC 2544)."""


class Ranges(NamedTuple):
    """IPv4 ranges of one sandbox, cut from a /16: door, pods and services."""

    block: IPv4Network

    @property
    def host(self) -> IPv4Address:
        return self.block[1]

    @property
    def node(self) -> IPv4Address:
        return self.block[2]

    @property
    def pods(self) -> IPv4Network:
        return IPv4Network((int(self.block[1 << 8]), 24))

    @property
    def services(self) -> IPv4Network:
        return IPv4Network((int(self.block[1 << 15]), 17))

    @property
    def dns(self) -> IPv4Address:
        return self.services[10]


def choose(taken: list[IPv4Network]) -> Ranges:
    """The first private block that overlaps no network that this machine has a route to."""
    for block in (block for wide in PRIVATE for block in IPv4Network(wide).subnets(new_prefix=16)):
        if not any(block.overlaps(network) for network in taken):
            return Ranges(block)
    raise SandboxError(f"network: this machine has routes to all of {', '.join(PRIVATE)}. Remove one")


def ranges() -> Ranges:
    """The ranges of the sandbox that runs, or ran last."""
    return Ranges(IPv4Network((paths.sandbox() / "network").read_text().strip()))


def inside(*command: str | Path) -> list[str]:
    """The command, run in the sandbox's network. (`ip netns exec` would remount /sys and hide the cgroups.)"""
    return ["nsenter", f"--net={FOLDER / NAMESPACE}", *map(str, command)]


def create() -> Step:
    """Make the namespace and its door."""

    def make(log: IO[str]) -> str:
        note = paths.sandbox() / "network"
        if not note.exists():
            note.parent.mkdir(parents=True, exist_ok=True)
            write(note, f"{choose(_routes(log)).block}\n")
        if not FOLDER.exists():
            write(_made_folder(), "")
        chosen = ranges()
        if _complete(chosen):
            return f"there: {chosen.block}"
        remove(log)
        _connect(log, chosen)
        _close(log, chosen)
        return f"{chosen.block}, no way out"

    return Step("Network of its own", make)


def remove(log: IO[str]) -> None:
    """Remove the namespace and the door; interfaces, routes and iptables rules inside go with it."""
    if succeeds("ip", "link", "show", OUTSIDE):
        run(log, "ip", "link", "delete", OUTSIDE)
    if (FOLDER / NAMESPACE).exists():
        run(log, "ip", "netns", "delete", NAMESPACE)
    if _made_folder().exists() and FOLDER.exists() and not any(FOLDER.iterdir()):
        succeeds("umount", FOLDER)
        FOLDER.rmdir()


def pids() -> list[int]:
    """The processes that run in the namespace itself, not in a pod's."""
    if not (FOLDER / NAMESPACE).exists():
        return []
    listed = subprocess.run(("ip", "netns", "pids", NAMESPACE), capture_output=True, text=True)
    return [int(pid) for pid in listed.stdout.split()]


def _made_folder() -> Path:
    """A file that is there if FOLDER was not, before the sandbox."""
    return paths.sandbox() / "made-netns"


def _complete(chosen: Ranges) -> bool:
    """Whether the last of everything that `create` makes is there."""
    default = inside("ip", "route", "get", NEVER_USED)
    return succeeds("ip", "route", "get", str(chosen.services[1]), "oif", OUTSIDE) and succeeds(*default)


def _routes(log: IO[str]) -> list[IPv4Network]:
    """What this machine reaches by more than a default route, however that is spelled."""
    found = (route["dst"] for route in json.loads(run(log, "ip", "-json", "-4", "route", "show", "table", "all")))
    networks = [IPv4Network(dst, strict=False) for dst in found if dst != "default"]
    return [network for network in networks if network.prefixlen > 1]


def _connect(log: IO[str], chosen: Ranges) -> None:
    run(log, "ip", "netns", "add", NAMESPACE)
    run(log, "ip", "link", "add", OUTSIDE, "type", "veth", "peer", "name", INSIDE, "netns", NAMESPACE)
    run(log, "ip", "address", "add", f"{chosen.host}/30", "dev", OUTSIDE)
    run(log, "ip", "link", "set", OUTSIDE, "addrgenmode", "none", "up")
    run(log, *inside("ip", "address", "add", f"{chosen.node}/30", "dev", INSIDE))
    for link in ("lo", INSIDE):
        run(log, *inside("ip", "link", "set", link, "up"))
    for network in (chosen.pods, chosen.services):
        run(log, "ip", "route", "add", str(network), "via", str(chosen.node), "dev", OUTSIDE)


def _close(log: IO[str], chosen: Ranges) -> None:
    """Calls come in, none go out. A ClusterIP needs a route before kube-proxy rewrites it: this one leads nowhere."""
    for chain in ("OUTPUT", "FORWARD"):
        new = ("-m", "conntrack", "--ctstate", "NEW", "-j", "REJECT")
        run(log, *inside("iptables", "--wait", "-A", chain, "-o", INSIDE, *new))
    run(log, *inside("ip", "link", "add", NOWHERE, "type", "bridge"))
    run(log, *inside("ip", "address", "add", f"{chosen.block[5]}/30", "dev", NOWHERE))
    run(log, *inside("ip", "link", "set", NOWHERE, "up"))
    run(log, *inside("sysctl", "--write", "net.ipv4.ip_forward=1"))
    run(log, *inside("ip", "route", "add", "default", "via", str(chosen.block[6]), "dev", NOWHERE))
