"""The network that the nodes stand in, and their way out of it."""

from typing import NamedTuple

import pulumi
from pulumi_azure_native import network

from components.azure.addresses import Addresses
from components.azure.place import Place


class Network(NamedTuple):
    """The nodes' subnet by its resource id, and the public addresses (CIDRs) that they call from, as far as known."""

    subnet: pulumi.Input[str]
    egress: tuple[pulumi.Input[str], ...] = ()


def provide(place: Place, addresses: Addresses) -> Network:
    """The subnet that exists, or a new one in a virtual network of its own."""
    if addresses.subnet:
        return Network(addresses.subnet)
    address = network.PublicIPAddress(
        f"{place.name}-nat",
        resource_group_name=place.group,
        location=place.location,
        public_ip_address_name=f"{place.name}-nat",
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        tags=place.tags,
        opts=place.child(),
    )
    subnet = _subnet(place, addresses, _gateway(place, address))
    return Network(subnet.id, (address.ip_address.apply(lambda known: f"{known}/32"),))


def _gateway(place: Place, address: network.PublicIPAddress) -> network.NatGateway:
    return network.NatGateway(
        f"{place.name}-nat",
        resource_group_name=place.group,
        location=place.location,
        nat_gateway_name=f"{place.name}-nat",
        sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
        public_ip_addresses=[network.SubResourceArgs(id=address.id)],
        tags=place.tags,
        opts=place.child(),
    )


def _subnet(place: Place, addresses: Addresses, gateway: network.NatGateway) -> network.Subnet:
    whole = network.VirtualNetwork(
        place.name,
        resource_group_name=place.group,
        location=place.location,
        virtual_network_name=place.name,
        address_space=network.AddressSpaceArgs(address_prefixes=[addresses.cidr]),
        tags=place.tags,
        opts=place.child(ignore_changes=["subnets"]),
    )
    return network.Subnet(
        f"{place.name}-nodes",
        resource_group_name=place.group,
        virtual_network_name=whole.name,
        subnet_name="nodes",
        address_prefix=addresses.nodes,
        nat_gateway=network.SubResourceArgs(id=gateway.id),
        default_outbound_access=False,
        opts=place.child(),
    )
