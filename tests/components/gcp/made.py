"""A cluster of Google Cloud, and what Google says about it."""

from typing import Any

import yaml

from components.clusters.gke import Gke
from components.gcp.spec import GkeSpec
from tests.components.deployed import Deployed, Known, Resource, deploy, revealed

CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
NAMED: dict[str, Any] = {"project": "my-project", "location": "us-central1"}
SYSTEM: dict[str, Any] = {"name": "system", "machine": "e2-standard-4", "min": 1, "system": True}
MODELS: dict[str, Any] = {"name": "models", "machine": "n2-standard-4", "max": 5}
GPUS: dict[str, Any] = {"name": "gpus", "machine": "g2-standard-8", "gpu": {"type": "nvidia-l4"}}
EXISTING = {"network": "corp", "subnetwork": "corp-us", "pods_range": "a", "services_range": "b"}
KNOWN: Known = {
    CLUSTER: {
        "endpoint": "192.0.2.1",
        "masterAuth": {"clusterCaCertificate": "Q0E="},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-1.us-central1.gke.goog"}},
    },
    "gcp:compute/network:Network": {"name": "gke-1234567"},
    "gcp:compute/subnetwork:Subnetwork": {"name": "gke-7654321"},
    "gcp:organizations/getProject:getProject": {"number": "123456789012"},
    "gcp:projects/serviceIdentity:ServiceIdentity": {"member": "serviceAccount:agent@container-engine-robot"},
    "gcp:serviceaccount/account:Account": {"email": "nodes@my-project", "member": "serviceAccount:nodes@my-project"},
}


def spec(**chosen: Any) -> GkeSpec:
    return GkeSpec.model_validate({**NAMED, **chosen})


def made(**chosen: Any) -> Deployed:
    return deploy(lambda: Gke("gke", spec(**chosen)), known=KNOWN)


def machine(deployed: Deployed, pool: str) -> dict[str, Any]:
    found: dict[str, Any] = deployed.named(f"gke-{pool}", POOL).inputs["nodeConfig"]
    return found


def kubeconfig(deployed: Deployed) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(revealed(deployed.one("pulumi:providers:kubernetes").inputs["kubeconfig"]))
    return found


def at(inputs: dict[str, Any], path: str) -> Any:
    """What stands at a path of keys, each after a dot."""
    found: Any = inputs
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]
    return found


def before(deployed: Deployed, later: Resource) -> set[str]:
    """The types and names of what `later` waits for."""
    urns = {each.urn: each for each in deployed.resources}
    return {f"{urns[urn].type.rpartition(':')[2]} {urns[urn].name}" for urn in later.request.dependencies}
