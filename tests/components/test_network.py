from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.network import EVERYBODY, Cidr, overlapping

CIDR: TypeAdapter[str] = TypeAdapter(Cidr)
networks = st.builds(
    lambda address, length: IPv4Network((address, length), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
)


@given(networks)
def test_every_network_is_taken_as_it_is_written(network: IPv4Network) -> None:
    assert CIDR.validate_python(str(network)) == str(network)


@pytest.mark.parametrize(("given", "taken"), [("10.0.0.1", "10.0.0.1/32"), ("10.0.0.0/255.255.0.0", "10.0.0.0/16")])
def test_other_spellings_become_cidr(given: str, taken: str) -> None:
    assert CIDR.validate_python(given) == taken


def test_everybody_is_a_network() -> None:
    assert CIDR.validate_python(EVERYBODY) == EVERYBODY


@pytest.mark.parametrize(
    ("wrong", "fact"),
    [
        ("10.0.0.1/16", "10.0.0.1/16 has host bits set"),
        ("10.0.0.0/33", "'33' is not a valid netmask"),
        ("10.0.0/16", "Expected 4 octets"),
        ("fd00::/8", "Expected 4 octets"),
        ("", "Address cannot be empty"),
        ("home", "Expected 4 octets"),
    ],
)
def test_what_is_none_is_refused_with_an_example_and_the_fact(wrong: str, fact: str) -> None:
    with pytest.raises(ValidationError, match=f"must be an IPv4 network such as 10.0.0.0/16: .*{fact}"):
        CIDR.validate_python(wrong)


@given(networks, networks)
def test_two_networks_overlap_where_one_holds_the_first_address_of_the_other(
    one: IPv4Network, other: IPv4Network
) -> None:
    shared = one.network_address in other or other.network_address in one
    assert len(overlapping([("pods", str(one)), ("services", str(other))])) == shared


def test_each_overlapping_pair_is_one_sentence() -> None:
    given = [("nodes", "10.0.0.0/16"), ("pods", "10.1.0.0/16"), ("services", "10.0.0.0/8")]
    assert overlapping(given) == [
        "nodes 10.0.0.0/16 and services 10.0.0.0/8 overlap. Choose another network for one",
        "pods 10.1.0.0/16 and services 10.0.0.0/8 overlap. Choose another network for one",
    ]
