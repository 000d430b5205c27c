"""Runs of IPv4 addresses: 'FIRST-LAST', or a network in CIDR notation."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator

EXAMPLE = "must be two IPv4 addresses such as 172.25.1.1-172.25.1.100, or a network such as 172.25.1.0/24"


def bounds(text: str) -> tuple[IPv4Address, IPv4Address]:
    """The first and the last address of a range. Raises ValueError where it is none."""
    if "/" in text:
        network = IPv4Network(text)
        return network[0], network[-1]
    first, last = text.split("-")
    return IPv4Address(first.strip()), IPv4Address(last.strip())


def _range(text: str) -> str:
    try:
        first, last = bounds(text)
    except ValueError:
        raise ValueError(EXAMPLE) from None
    if first > last:
        raise ValueError("ends before it starts. Swap its ends")
    return text


AddressRange = Annotated[str, AfterValidator(_range)]
"""A run of IPv4 addresses, its first not after its last."""


def overlapping(ranges: Iterable[str]) -> list[str]:
    """One sentence for each two that share an address."""
    return [
        f"{one} and {other} overlap. Join them, or change one"
        for one, other in combinations(ranges, 2)
        if max(bounds(one)[0], bounds(other)[0]) <= min(bounds(one)[1], bounds(other)[1])
    ]


def lies_in(text: str, network: str) -> bool:
    """Whether every address of a range belongs to a network."""
    return all(each in IPv4Network(network) for each in bounds(text))


def top_of(network: str, size: int) -> str:
    """The last `size` addresses of a network that hosts can have, or a quarter of all where that is less."""
    addresses = IPv4Network(network)
    last = addresses.broadcast_address - 1
    return f"{last - min(size, addresses.num_addresses // 4) + 1}-{last}"
