import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from components.clusters.gke import Gke
from components.errors import SlipwayError
from infra import settings
from tests.components.deployed import Deployed, deploy
from tests.components.gcp.made import CLUSTER, POOL, before, machine, made, spec

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return made()


def test_every_resource_belongs_to_the_cluster_and_goes_by_its_provider(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:gcp")
    assert (provider.inputs["project"], provider.inputs["region"]) == ("my-project", "us-central1")
    assert len(deployed.of("gcp:")) > 15
    for each in deployed.of("gcp:"):
        assert each.parent == "slipway:index:Gke::gke"
        assert each.request.provider.startswith(provider.urn)


def test_everything_says_who_made_it_and_for_what(deployed: Deployed) -> None:
    labels = {"managed-by": "slipway", "environment": "gke"}
    assert yaml.safe_load(deployed.one("pulumi:providers:gcp").inputs["defaultLabels"]) == labels
    assert deployed.one(CLUSTER).inputs["resourceLabels"] == labels
    assert machine(deployed, "models")["resourceLabels"] == {**labels, "node-pool": "models"}


def test_its_pools_are_known_unless_google_brings_the_machines() -> None:
    assert set(spec().known_traits.node_pools or ()) == {"system", "models"}
    assert spec(mode="autopilot").known_traits.node_pools is None


def test_nothing_comes_before_what_it_needs(deployed: Deployed) -> None:
    apis = {f"Service gke-{api}" for api in ("cloudkms", "compute", "container", "file", "iam")}
    assert before(deployed, deployed.one("gcp:compute/network:Network")) == apis
    first = before(deployed, deployed.one(CLUSTER))
    roles = {"IAMMember gke-container", "IAMMember gke-artifactregistry"}
    assert {*roles, "CryptoKeyIAMMember gke", "RouterNat gke", "Subnetwork gke"} <= first
    for pool in ("system", "models"):
        assert {*roles, "Cluster gke", "RouterNat gke"} <= before(deployed, deployed.named(f"gke-{pool}", POOL))
    assert "NodePool gke-system" in before(deployed, deployed.one("pulumi:providers:kubernetes"))


def test_the_provider_stays_whatever_the_kubeconfig_says() -> None:
    one, other = made(), made(authorized_networks=["203.0.113.0/24"])
    identifiers = {each.one("pulumi:providers:kubernetes").inputs["clusterIdentifier"] for each in (one, other)}
    assert identifiers == {"gke"}


def test_nothing_is_created_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def program() -> None:
        with pytest.raises(SlipwayError, match=r"pulumi-gcp is not installed\. pip install 'slipway\[gcp\]'"):
            Gke("gke", spec())

    monkeypatch.setattr("components.extras.find_spec", lambda name: None)
    assert deploy(program).resources == []


WITHOUT_THE_EXTRA = """
import sys
from pathlib import Path
from components.clusters.gke import Gke
from components.errors import SlipwayError
from infra import settings

target = settings.from_file("gke", Path())
print(len(target.units()), "pulumi_gcp" in sys.modules)
try:
    Gke("gke", target.cluster.spec)
except SlipwayError as error:
    print(error)
"""


def test_an_environment_is_read_and_rendered_without_the_extra() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_THE_EXTRA], cwd=ROOT, capture_output=True, text=True)
    lines = [
        f"{len(settings.from_file('gke', ROOT).units())} False",
        "pulumi-gcp is not installed. pip install 'slipway[gcp]'",
    ]
    assert (done.stdout.splitlines(), done.stderr) == (lines, "")
