"""Hosts that models come from: which may be named, and what opens the way to them."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from components.location.fetch.guard import Address, forbidden
from components.network import in_namespace

NAME = r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
"""A DNS name or an address, an IPv6 one in brackets."""
HOST = rf"{NAME}(:[1-9][0-9]{{0,4}})?"
"""The same, and maybe a port."""
_METADATA = r"(metadata|metadata\.google\.internal|metadata\.goog|metadata\.azure\.internal|instance-data(\..+)?)"
_LOCAL = r"((.+\.)?localhost|ip6-localhost|ip6-loopback|host\.docker\.internal)"


def parts(host: str, default: int = 443) -> tuple[str, int]:
    """Name or address, without brackets, and port."""
    name, _, port = host.rpartition(":") if re.search(r":[0-9]+$", re.sub(r"\[.*\]", "", host)) else (host, "", "")
    return name.strip("[]"), int(port or default)


def refuse(host: str) -> None:
    """Raises ValueError where no model is to be asked for at `host`, whatever form its address has."""
    name, port = parts(host)
    if port > 65535:
        raise ValueError(f"names port {port}. Ports end at 65535")
    if re.fullmatch(f"{_METADATA}|{_LOCAL}", name):
        raise ValueError(f"names {name}, which is the node itself or hands out its keys. Name a server of models")
    address = _address(name)
    if address and forbidden(address):
        raise ValueError(f"names {address}: link-local, loopback or metadata. Name a server of models")


def _address(name: str) -> Address | None:
    """The address that `name` is, if it is one. Raises ValueError for the forms that only some programs understand."""
    try:
        if ":" in name:
            return IPv6Address(name)
        if re.search(r"(^|\.)([0-9]+|0x[0-9a-f]*)$", name):
            return IPv4Address(name)
    except AddressValueError:
        raise ValueError("has an address in a form of its own. Write four decimal numbers, or a name") from None
    return None


def opening(host: str, default: int = 443) -> dict[str, Any]:
    """The egress rule of a NetworkPolicy that lets pods call `host`, at port `default` where it names none.

    A Service of the cluster may lead to another port of its pods, so its whole namespace is opened.
    """
    name, port = parts(host, default)
    if namespace := re.fullmatch(r"[^.]+\.([^.]+)\.svc(\.cluster\.local)?", name):
        return {"to": [in_namespace(namespace[1])]}
    return {"ports": [{"protocol": "TCP", "port": port}]}
