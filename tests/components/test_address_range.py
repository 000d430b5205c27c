from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.address_range import bounds, lies_in, overlapping, top_of

NUMBERS = st.integers(0, 2**32 - 1)
RANGES = st.tuples(NUMBERS, st.integers(0, 500)).map(
    lambda pair: f"{IPv4Address(pair[0])}-{IPv4Address(min(sum(pair), 2**32 - 1))}"
)
NETWORKS = st.tuples(NUMBERS, st.integers(8, 30)).map(lambda pair: str(IPv4Network(pair, strict=False)))


def addresses(text: str) -> set[int]:
    first, last = map(int, bounds(text))
    return set(range(first, last + 1))


@given(RANGES, RANGES)
def test_two_ranges_overlap_where_they_share_an_address(one: str, other: str) -> None:
    assert bool(overlapping([one, other])) == bool(addresses(one) & addresses(other))


@given(NETWORKS, st.integers(1, 200))
def test_the_top_of_a_network_is_its_last_addresses_and_leaves_most_of_it(network: str, size: int) -> None:
    top, whole = top_of(network, size), IPv4Network(network)
    assert lies_in(top, network)
    assert bounds(top)[1] == whole.broadcast_address - 1
    assert len(addresses(top)) == min(size, whole.num_addresses // 4)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("10.1.0.0-10.1.255.255", True),
        ("10.1.0.0/24", True),
        ("10.0.255.255-10.1.0.1", False),
        ("10.1.255.0-10.2.0.0", False),
        ("0.0.0.0/0", False),
    ],
)
def test_a_range_lies_in_a_network_with_both_ends(text: str, inside: bool) -> None:
    assert lies_in(text, "10.1.0.0/16") is inside
