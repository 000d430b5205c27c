"""The addresses of a cluster: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from components.network import Cidr, overlapping
from components.node_pool import NodePool
from components.values import DnsLabel, Value

PODS_A_NODE = 110
_PODS_PREFIX = 24
"""A node is given twice the addresses that its pods need, so that one is not used again at once."""
_SERVICES_PREFIX = 27
_RESERVED = 4
"""Addresses of a subnet that Google keeps."""
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))

_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_LINK = re.compile(rf"(projects/[-a-z0-9.:]+/(global/networks|regions/[-a-z0-9]+/subnetworks)/)?{_NAME}")


def _link(text: str) -> str:
    if not _LINK.fullmatch(text):
        links = "projects/PROJECT/global/networks/NAME (subnetwork: projects/PROJECT/regions/REGION/subnetworks/NAME)"
        raise ValueError(f"must be a name, or {links}")
    return text


Link = Annotated[str, AfterValidator(_link)]
"""A network or a subnetwork: its name, or, where it belongs to another project, its whole path."""


class ExistingNetwork(Value):
    """A subnetwork that is there, and the names of its secondary ranges. Machines need its Cloud NAT to go out."""

    network: Link
    subnetwork: Link
    pods_range: DnsLabel
    services_range: DnsLabel


class NewNetwork(Value):
    """The ranges of a network that is made for the cluster."""

    nodes: Cidr = "10.0.0.0/20"
    pods: Cidr = "10.4.0.0/14"
    services: Cidr = "10.8.0.0/20"

    @model_validator(mode="after")
    def _usable(self) -> Self:
        for name, cidr in self._named():
            if not any(IPv4Network(cidr).subnet_of(private) for private in _PRIVATE):
                choice = ", ".join(map(str, _PRIVATE))
                raise ValueError(f"{name} {cidr} are not private addresses. Choose a part of {choice}")
        if mistakes := overlapping(self._named()):
            raise ValueError(". ".join(mistakes))
        if IPv4Network(self.services).prefixlen > _SERVICES_PREFIX:
            raise ValueError(f"services {self.services} is too small. Use /{_SERVICES_PREFIX} or larger")
        return self

    def check_room(self, pools: Iterable[NodePool]) -> None:
        """Raises ValueError where the pools may have more machines than addresses, each one more while it upgrades."""
        wanted = sum(pool.max + 1 for pool in pools)
        for name, cidr, room in (
            ("nodes", self.nodes, IPv4Network(self.nodes).num_addresses - _RESERVED),
            ("pods", self.pods, 2 ** (_PODS_PREFIX - IPv4Network(self.pods).prefixlen)),
        ):
            if room < wanted:
                fact = f"{name} {cidr} is room for {max(0, int(room))} machines, and the pools may have {wanted}"
                raise ValueError(f"{fact} while they upgrade. Use a larger range, or lower a pool's max")

    def _named(self) -> list[tuple[str, str]]:
        return [("nodes", self.nodes), ("pods", self.pods), ("services", self.services)]
