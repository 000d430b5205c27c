"""The network of a cluster: its machines have private addresses only, and go out by Cloud NAT."""

from typing import NamedTuple

import pulumi
from pulumi_gcp import compute

from components.gcp.addresses import ExistingNetwork, NewNetwork
from components.gcp.home import Home
from components.gcp.spec import GkeSpec

PODS, SERVICES = "pods", "services"


class Place(NamedTuple):
    """Where a cluster's machines, pods and services get their addresses; `ready` is there once they can go out."""

    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    pods: str
    services: str
    ready: tuple[pulumi.Resource, ...] = ()


def place(spec: GkeSpec, home: Home) -> Place:
    """The network that exists, or a new one."""
    return _existing(spec.existing_network) if spec.existing_network else _new(spec.network, home)


def _existing(given: ExistingNetwork) -> Place:
    return Place(given.network, given.subnetwork, given.pods_range, given.services_range)


def _new(addresses: NewNetwork, home: Home) -> Place:
    network = compute.Network(
        home.name, compute.NetworkArgs(auto_create_subnetworks=False, routing_mode="REGIONAL"), home.child()
    )
    subnetwork = compute.Subnetwork(home.name, _subnetwork(addresses, network, home.region), home.child())
    router = compute.Router(home.name, compute.RouterArgs(network=network.id, region=home.region), home.child())
    nat = compute.RouterNat(home.name, _nat(router, subnetwork, home.region), home.child())
    return Place(network.name, subnetwork.name, PODS, SERVICES, (nat,))


def _subnetwork(addresses: NewNetwork, network: compute.Network, region: str) -> compute.SubnetworkArgs:
    secondary = ((PODS, addresses.pods), (SERVICES, addresses.services))
    return compute.SubnetworkArgs(
        network=network.id,
        region=region,
        ip_cidr_range=addresses.nodes,
        secondary_ip_ranges=[
            compute.SubnetworkSecondaryIpRangeArgs(range_name=name, ip_cidr_range=cidr) for name, cidr in secondary
        ],
        private_ip_google_access=True,
        log_config=compute.SubnetworkLogConfigArgs(
            aggregation_interval="INTERVAL_10_MIN", flow_sampling=0.5, metadata="INCLUDE_ALL_METADATA"
        ),
    )


def _nat(router: compute.Router, subnetwork: compute.Subnetwork, region: str) -> compute.RouterNatArgs:
    return compute.RouterNatArgs(
        router=router.name,
        region=region,
        nat_ip_allocate_option="AUTO_ONLY",
        enable_dynamic_port_allocation=True,
        source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
        subnetworks=[compute.RouterNatSubnetworkArgs(name=subnetwork.id, source_ip_ranges_to_nats=["ALL_IP_RANGES"])],
        log_config=compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
    )
