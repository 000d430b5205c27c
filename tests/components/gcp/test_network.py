from typing import Any

from tests.components.deployed import Deployed
from tests.components.gcp.made import CLUSTER, EXISTING, made


def test_the_network_has_what_the_cluster_needs_and_a_way_out(deployed: Deployed, cluster: dict[str, Any]) -> None:
    assert deployed.one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False
    subnetwork = deployed.one("gcp:compute/subnetwork:Subnetwork").inputs
    ranges = {each["rangeName"]: each["ipCidrRange"] for each in subnetwork["secondaryIpRanges"]}
    assert (subnetwork["ipCidrRange"], ranges) == ("10.0.0.0/20", {"pods": "10.4.0.0/14", "services": "10.8.0.0/20"})
    assert set(cluster["ipAllocationPolicy"].values()) == set(ranges)
    assert subnetwork["privateIpGoogleAccess"] is True
    assert subnetwork["logConfig"]["flowSampling"] == 0.5
    nat = deployed.one("gcp:compute/routerNat:RouterNat").inputs
    assert [each["name"] for each in nat["subnetworks"]] == ["gke-id"]
    assert nat["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}


def test_a_network_that_exists_is_taken_as_it_is() -> None:
    deployed = made(existing_network=EXISTING)
    assert deployed.of("gcp:compute/") == []
    found = deployed.one(CLUSTER).inputs
    assert (found["network"], found["subnetwork"]) == ("corp", "corp-us")
    assert found["ipAllocationPolicy"] == {"clusterSecondaryRangeName": "a", "servicesSecondaryRangeName": "b"}
