from typing import Any

import pytest

from tests.components.gcp.made import EXISTING, made, spec


@pytest.mark.parametrize(
    ("chosen", "parameters"),
    [
        ({}, {"tier": "standard", "network": "gke-1234567"}),
        ({"existing_network": EXISTING}, {"tier": "standard", "network": "corp"}),
        (
            {"existing_network": {**EXISTING, "network": "projects/host/global/networks/corp"}},
            {
                "tier": "standard",
                "network": "projects/host/global/networks/corp",
                "connect-mode": "PRIVATE_SERVICE_ACCESS",
            },
        ),
    ],
)
def test_a_class_of_shared_volumes_is_in_the_clusters_network(
    chosen: dict[str, Any], parameters: dict[str, str]
) -> None:
    deployed = made(**chosen)
    found = deployed.one("kubernetes:storage.k8s.io/v1:StorageClass")
    assert found.inputs["metadata"]["name"] == spec().traits.shared_storage_class
    assert found.inputs["parameters"] == parameters
    assert found.inputs["volumeBindingMode"] == "WaitForFirstConsumer"
    assert found.request.provider.startswith(deployed.one("pulumi:providers:kubernetes").urn)
