"""The sandbox's network: a namespace joined to the host by one pair of interfaces, with no way out.

The host reaches pods and services; nothing inside opens a connection to the host or through it. Three things see to it:
inside there is no route but to pods, services and the pair; a firewall rule inside refuses new connections over the
pair; and a routing rule on the host prohibits forwarding of what comes in by it, whatever `ip_forward` says.
"""

import json
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

from sandbox import command
from sandbox.kubeconfig import replace
from sandbox.step import SandboxError

NAME = "slipway"
LINK = "slipway0"
UPLINK = "uplink"
NAMESPACE = Path("/run/netns") / NAME


class Ranges(NamedTuple):
    """One /16 carved up: pods, services, and the pair between host and node."""

    block: IPv4Network

    @property
    def pods(self) -> IPv4Network:
        """The lower half."""
        return next(self.block.subnets(new_prefix=17))

    @property
    def services(self) -> IPv4Network:
        """The third quarter: 16,384 addresses."""
        return list(self.block.subnets(new_prefix=18))[2]

    @property
    def host(self) -> IPv4Address:
        """The host's end of the pair."""
        return self.block[-3]

    @property
    def node(self) -> IPv4Address:
        """The node's end of the pair: where the API server listens."""
        return self.block[-2]

    @property
    def api(self) -> IPv4Address:
        """The Service `kubernetes`."""
        return self.services[1]

    @property
    def dns(self) -> IPv4Address:
        """The Service `kube-dns`."""
        return self.services[10]


def candidates() -> Iterator[IPv4Network]:
    """Private blocks in the order of preference: those that offices and clouds use least come first."""
    private = (f"10.{second}.0.0/16" for second in range(201, 255))
    shared = (f"172.{second}.0.0/16" for second in range(20, 32))
    benchmark = ("198.18.0.0/16", "198.19.0.0/16")  # RFC 2544: routed nowhere
    return map(IPv4Network, chain(private, shared, benchmark))


def choose(taken: Iterable[IPv4Network]) -> Ranges:
    """The first candidate that overlaps nothing `taken`. Raises SandboxError where all do."""
    taken = list(taken)
    free = (block for block in candidates() if not any(block.overlaps(network) for network in taken))
    if block := next(free, None):
        return Ranges(block)
    listed = ", ".join(map(str, taken))
    raise SandboxError(
        f"network: no free /16 in 10/8, 172.16/12 or 198.18/15 beside this host's routes {listed}. Remove one"
    )


def taken() -> set[IPv4Network]:
    """What the host's addresses and routes cover, but for its default routes and the sandbox's own."""
    routes = json.loads(command.output("ip", "-json", "-4", "route", "show", "table", "all"))
    covered = {route["dst"] for route in routes if route.get("dev") != LINK and route["dst"] != "default"}
    return {network for text in covered if (network := IPv4Network(text)).prefixlen}


def ranges(state: Path) -> Ranges:
    """The sandbox's ranges: those of its last start, else free ones, remembered."""
    remembered = state / "network.json"
    if remembered.is_file():
        return Ranges(IPv4Network(json.loads(remembered.read_text())["block"]))
    chosen = choose(taken())
    replace(remembered, json.dumps({"block": str(chosen.block)}))
    return chosen


def complete(ranges: Ranges) -> bool:
    """Whether the network stands: the route to it is what `create` makes last."""
    if not NAMESPACE.exists():
        return False
    routes = json.loads(command.output("ip", "-json", "-4", "route", "show", str(ranges.block)))
    return any(route.get("dev") == LINK for route in routes)


def create(log: IO[str], ranges: Ranges, iptables: Path, env: dict[str, str]) -> None:
    """Make the network from nothing."""
    for line in _commands(ranges):
        command.logged(log, *line.split())
    for chain_name in ("OUTPUT", "FORWARD"):
        rule = f"-A {chain_name} -o {UPLINK} -m conntrack --ctstate NEW -j REJECT"
        command.logged(log, *_enter(), iptables, *rule.split(), env=env)
    command.logged(log, "ip", "route", "add", str(ranges.block), "via", str(ranges.node), "dev", LINK)


def _commands(ranges: Ranges) -> Iterator[str]:
    yield f"ip netns add {NAME}"
    yield f"ip link add {LINK} type veth peer name {UPLINK} netns {NAME}"
    yield f"sysctl -qw net.ipv6.conf.{LINK}.disable_ipv6=1"
    yield f"ip rule add iif {LINK} prohibit"
    yield f"ip address add {ranges.host}/30 dev {LINK}"
    yield f"ip link set {LINK} up"
    enter = " ".join(_enter())
    yield f"{enter} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv4.ip_forward=1"
    yield f"ip -n {NAME} link set lo up"
    yield f"ip -n {NAME} address add {ranges.node}/30 dev {UPLINK}"
    yield f"ip -n {NAME} link set {UPLINK} up"
    # A service address that kube-proxy has not programmed yet is refused at once by the rule on the uplink.
    yield f"ip -n {NAME} route add {ranges.services} via {ranges.host} src {ranges.node}"


def _enter() -> tuple[str, ...]:
    return ("nsenter", f"--net={NAMESPACE}")


def remove() -> None:
    """Take away all that `create` makes, or a part of it; nothing else."""
    while command.succeeds("ip", "rule", "del", "iif", LINK, "prohibit"):
        pass
    command.succeeds("ip", "link", "del", LINK)
    command.succeeds("ip", "netns", "del", NAME)
    if NAMESPACE.exists():
        raise SandboxError(f"network namespace {NAME}: it cannot be removed. `ip netns del {NAME}` says why")
