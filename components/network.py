"""Addresses, and who is meant where pods call each other."""

from collections.abc import Iterable
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated, Any

from pydantic import AfterValidator

EVERYBODY = "0.0.0.0/0"


def _cidr(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise ValueError(f"must be an IPv4 network such as 10.0.0.0/16: {error}") from None


Cidr = Annotated[str, AfterValidator(_cidr)]
"""An IPv4 network in CIDR notation, without host bits."""


def overlapping(networks: Iterable[tuple[str, str]]) -> list[str]:
    """One sentence for each two of (what it is for, its CIDR) that share addresses."""
    pairs = combinations(((name, IPv4Network(cidr)) for name, cidr in networks), 2)
    return [
        f"{first} {one} and {second} {other} overlap. Choose another network for one"
        for (first, one), (second, other) in pairs
        if one.overlaps(other)
    ]


def in_namespace(name: str) -> dict[str, Any]:
    """All pods of a namespace, as a NetworkPolicyPeer."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
