"""Where an AKS cluster's nodes, pods and services get their addresses from."""

from ipaddress import IPv4Network
from math import ceil
from typing import Literal, Self

from pydantic import model_validator

from components.azure.resource_ids import SubnetId
from components.network import Cidr, overlapping
from components.values import Value

AKS_OWN = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")
"""Source: https://learn.microsoft.com/azure/aks/azure-cni-overlay"""
SURGE = 1 / 3
"""How many of a pool's nodes an upgrade adds for a while."""
AZURE_RESERVES = 5
"""Addresses of each subnet. Source: https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"""


class Addresses(Value):
    """A new virtual network, or a subnet that exists; pods and services have addresses inside the cluster only."""

    cidr: Cidr = "10.0.0.0/16"
    """Of the new virtual network, whose first half the nodes get; with `subnet`, what that subnet has."""
    pods: Cidr = "10.244.0.0/16"
    services: Cidr = "10.245.0.0/16"
    subnet: SubnetId | None = None
    """A subnet to use instead; its way out is yours."""
    egress: Literal["nat_gateway", "routes"] = "nat_gateway"
    """How what exists reaches the internet: by a NAT gateway of that subnet, or by its route table."""

    @model_validator(mode="after")
    def _existing(self) -> Self:
        if self.subnet and "cidr" not in self.model_fields_set:
            raise ValueError("subnet is given without its addresses. Say its `cidr`, so that overlaps can be seen")
        if self.egress == "routes" and not self.subnet:
            raise ValueError("egress by routes needs routes, and a new network has none. Give a `subnet` that has them")
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        used = [(name, getattr(self, name)) for name in ("cidr", "pods", "services")]
        if found := overlapping([*used, *(("AKS's own", cidr) for cidr in AKS_OWN)]):
            raise ValueError(found[0])
        if not 12 < (length := IPv4Network(self.services).prefixlen) <= 27:
            raise ValueError(f"services {self.services} is a /{length}; AKS takes /13 to /27. Choose another network")
        return self

    @property
    def nodes(self) -> str:
        """The nodes' subnet; the other half of a new network is left for what else you need in it."""
        whole = IPv4Network(self.cidr)
        return str(whole if self.subnet or whole.prefixlen > 30 else next(whole.subnets()))

    @property
    def dns(self) -> str:
        """The address of the cluster's DNS service."""
        return str(IPv4Network(self.services)[10])

    def shortage(self, nodes: int) -> str | None:
        """What is too small for that many nodes, if anything is; each takes a /24 of `pods`."""
        needed, room = nodes + ceil(nodes * SURGE) + AZURE_RESERVES, IPv4Network(self.nodes).num_addresses
        if room < needed:
            return f"cidr {self.cidr} leaves the nodes {room} addresses, {nodes} nodes need {needed}. Use a larger one"
        if (room := IPv4Network(self.pods).num_addresses // 256) < (needed := nodes + ceil(nodes * SURGE)):
            return f"pods {self.pods} is enough for {room} nodes, {nodes} nodes need {needed}. Use a larger one"
        return None
