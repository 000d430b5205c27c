"""Nothing that runs in the sandbox reaches beyond it."""

import pytest

from .cluster import Cluster
from .machine import ip

pytestmark = pytest.mark.e2e

CONNECT = """
import socket, sys
for line in sys.stdin:
    host, port = line.split()
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print(host, "reached")
    except OSError as error:
        print(host, "refused", error)
"""
DOCUMENTATION = "192.0.2.1"
"""Nobody's address (RFC 5737): only a way out would lead to it."""
EVERY_HOST = "example.com"
IN_THE_CLUSTER = "wine.models.svc.cluster.local"


def test_a_pod_reaches_the_cluster_and_nothing_else(cluster: Cluster) -> None:
    outside = [f"{address} 22" for address in _host_addresses()]
    places = [*outside, f"{DOCUMENTATION} 443", f"{EVERY_HOST} 443", f"{IN_THE_CLUSTER} 80"]
    printed = cluster.python("iris", CONNECT, stdin="\n".join(places)).splitlines()
    assert len(outside) >= 1
    assert [line.split()[:2] for line in printed] == [
        *([place.split()[0], "refused"] for place in places[:-1]),
        [IN_THE_CLUSTER, "reached"],
    ]


def test_names_outside_the_cluster_are_unknown_and_those_within_are_known(cluster: Cluster) -> None:
    ask = "import socket, sys\nprint(socket.gethostbyname(sys.stdin.read()))"
    assert cluster.python("iris", ask, stdin=IN_THE_CLUSTER).strip() == cluster.address("wine")
    with pytest.raises(AssertionError, match="gaierror"):
        cluster.python("iris", ask, stdin=EVERY_HOST)


def _host_addresses() -> list[str]:
    """This machine's own, the loopback apart: a pod has one too."""
    found = [info for link in ip("-4", "address") for info in link["addr_info"] if link["ifname"] != "lo"]
    return [str(info["local"]) for info in found]
