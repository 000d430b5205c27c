from ipaddress import ip_address

import pytest

from components.location.fetch.guard import forbidden


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.0.1", "169.254.169.254", "169.254.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1"),
        *("240.0.0.1", "100.100.100.200", "::1", "::", "fe80::1", "ff02::1", "fd00:ec2::254", "fd20:ce::254"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1"),
    ],
)
def test_no_model_comes_from_here(address: str) -> None:
    assert forbidden(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.7", "172.16.0.1", "192.168.1.1", "100.64.0.1", "93.184.215.14", "2606:2800:21f:cb07::1", "fd12::7"),
        *("::ffff:10.0.0.7", "64:ff9b::93.184.215.14"),
    ],
)
def test_models_come_from_public_and_from_private_networks(address: str) -> None:
    assert not forbidden(ip_address(address))
