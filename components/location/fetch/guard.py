"""Addresses that no model comes from: this machine's own, and those that hand a pod the keys of its node."""

import ipaddress
import sys
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_METADATA = tuple(map(ipaddress.ip_network, ("100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::254/128")))
"""Alibaba's, Amazon's and Google's, where they are not link-local."""


def forbidden(address: Address) -> bool:
    """Whether no model is to be asked for there, in whichever form the address is written."""
    address = _plain(address)
    kinds = (address.is_loopback, address.is_link_local, address.is_multicast, address.is_unspecified)
    return any(kinds) or address.is_reserved or any(address in network for network in _METADATA)


def watch(exceptions: Iterable[tuple[str, int]]) -> None:
    """From now on this process connects to no forbidden address but a network and port of `exceptions`.

    Judges what is really connected to: neither a redirect nor a name's second answer gets around it. Raises
    PermissionError where the connection is made.
    """
    allowed = [(ipaddress.ip_network(network), port) for network, port in exceptions]

    def judge(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            host, port, *_ = arguments[1]
            address = ipaddress.ip_address(str(host).partition("%")[0])
            if forbidden(address) and not any(address in network and port == number for network, number in allowed):
                raise PermissionError(f"{address} is link-local, loopback or metadata: no model comes from there")

    sys.addaudithook(judge)


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
