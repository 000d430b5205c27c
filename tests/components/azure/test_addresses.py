from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.azure.addresses import Addresses
from tests.components.azure.deployment import SUBNET


@given(st.integers(12, 30))
def test_nodes_get_the_first_half_of_a_new_network(length: int) -> None:
    addresses = Addresses(cidr=f"192.168.0.0/{length}" if length >= 16 else f"100.64.0.0/{length}")
    nodes, whole = IPv4Network(addresses.nodes), IPv4Network(addresses.cidr)
    assert nodes.network_address == whole.network_address
    assert nodes.num_addresses * 2 == whole.num_addresses


@pytest.mark.parametrize("length", [31, 32])
def test_a_network_that_cannot_be_halved_is_too_small(length: int) -> None:
    assert "leaves the nodes" in str(Addresses(cidr=f"192.168.0.0/{length}").shortage(1))


def test_an_existing_subnet_is_all_for_the_nodes() -> None:
    assert Addresses(subnet=SUBNET, cidr="10.9.0.0/24").nodes == "10.9.0.0/24"


@given(st.integers(13, 27))
def test_the_dns_service_is_one_of_the_services(length: int) -> None:
    addresses = Addresses(services=str(IPv4Network(f"100.64.0.0/{length}", strict=False)))
    assert IPv4Address(addresses.dns) in IPv4Network(addresses.services)


@pytest.mark.parametrize(("nodes", "enough"), [(9, True), (192, True), (193, False)])
def test_each_node_takes_256_pod_addresses_also_those_that_an_upgrade_adds(nodes: int, enough: bool) -> None:
    assert (Addresses(pods="10.244.0.0/16").shortage(nodes) is None) is enough
