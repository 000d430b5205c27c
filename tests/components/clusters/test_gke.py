import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.clusters.gke import Gke
from components.errors import Invalid, SlipwayError
from components.gcp.spec import GkeSpec
from components.model_store import Grant
from components.node_pool import NodePool
from infra import settings
from tests.components.deployed import Answers, Deployed, Resource, deploy, revealed

ROOT = Path(__file__).parents[3]
CLUSTER, POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
NAMED: dict[str, Any] = {"project": "my-project", "location": "us-central1"}
SYSTEM: dict[str, Any] = {"name": "system", "machine": "e2-standard-4", "min": 1, "system": True}
MODELS: dict[str, Any] = {"name": "models", "machine": "n2-standard-4", "max": 5}
GPUS: dict[str, Any] = {"name": "gpus", "machine": "g2-standard-8", "gpu": {"type": "nvidia-l4"}}
EXISTING = {"network": "corp", "subnetwork": "corp-us", "pods_range": "a", "services_range": "b"}
ANSWERS: Answers = {
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
    return deploy(lambda: Gke("gke", spec(**chosen)), answers=ANSWERS)


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return made()


@pytest.fixture(scope="module")
def cluster(deployed: Deployed) -> dict[str, Any]:
    return deployed.one(CLUSTER).inputs


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


def test_every_resource_belongs_to_the_cluster_and_goes_by_its_provider(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:gcp")
    assert (provider.inputs["project"], provider.inputs["region"]) == ("my-project", "us-central1")
    assert len(deployed.of("gcp:")) > 15
    for each in deployed.of("gcp:"):
        assert each.parent == "slipway:index:Gke::gke"
        assert each.request.provider.startswith(provider.urn)


def test_everything_says_who_made_it_and_for_what(deployed: Deployed, cluster: dict[str, Any]) -> None:
    labels = {"managed-by": "slipway", "environment": "gke"}
    assert yaml.safe_load(deployed.one("pulumi:providers:gcp").inputs["defaultLabels"]) == labels
    assert cluster["resourceLabels"] == labels
    assert machine(deployed, "models")["resourceLabels"] == {**labels, "node-pool": "models"}


def before(deployed: Deployed, later: Resource) -> set[str]:
    """The types and names of what `later` waits for."""
    urns = {each.urn: each for each in deployed.resources}
    return {f"{urns[urn].type.rpartition(':')[2]} {urns[urn].name}" for urn in later.request.dependencies}


def test_nothing_comes_before_what_it_needs(deployed: Deployed) -> None:
    apis = {f"Service gke-{api}" for api in ("cloudkms", "compute", "container", "file", "iam")}
    assert before(deployed, deployed.one("gcp:compute/network:Network")) == apis
    first = before(deployed, deployed.one(CLUSTER))
    roles = {"IAMMember gke-container", "IAMMember gke-artifactregistry"}
    assert {*roles, "CryptoKeyIAMMember gke", "RouterNat gke", "Subnetwork gke"} <= first
    for pool in ("system", "models"):
        assert {*roles, "Cluster gke", "RouterNat gke"} <= before(deployed, deployed.named(f"gke-{pool}", POOL))
    assert "NodePool gke-system" in before(deployed, deployed.one("pulumi:providers:kubernetes"))


@pytest.mark.parametrize(
    ("default", "path", "value"),
    [
        ("private nodes", "privateClusterConfig.enablePrivateNodes", True),
        ("DNS endpoint", "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic", True),
        ("no token by DNS", "controlPlaneEndpointsConfig.dnsEndpointConfig.enableK8sTokensViaDns", False),
        ("no certificate by DNS", "controlPlaneEndpointsConfig.dnsEndpointConfig.enableK8sCertsViaDns", False),
        ("no address", "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", False),
        ("no client certificate", "masterAuth.clientCertificateConfig.issueClientCertificate", False),
        ("no attribute based access", "enableLegacyAbac", False),
        ("anonymous calls limited", "anonymousAuthenticationConfig.mode", "LIMITED"),
        ("no binding to everybody", "rbacBindingConfig.enableInsecureBindingSystemAuthenticated", False),
        ("no binding to anonymous", "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", False),
        ("Dataplane V2", "datapathProvider", "ADVANCED_DATAPATH"),
        ("intranode visibility", "enableIntranodeVisibility", True),
        ("shielded nodes", "enableShieldedNodes", True),
        ("encrypted Secrets", "databaseEncryption.state", "ENCRYPTED"),
        ("the cluster's own key", "databaseEncryption.keyName", "gke-id"),
        ("workload identity", "workloadIdentityConfig.workloadPool", "my-project.svc.id.goog"),
        ("VPC-native", "networkingMode", "VPC_NATIVE"),
        ("release channel", "releaseChannel.channel", "REGULAR"),
        ("the version that was said", "minMasterVersion", "1.35"),
        ("no other minor version", "maintenancePolicy.maintenanceExclusions.0.exclusionOptions", {
            "scope": "NO_MINOR_UPGRADES", "endTimeBehavior": "UNTIL_END_OF_SUPPORT"}),
        ("maintenance window", "maintenancePolicy.recurringWindow.recurrence", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("logs", "loggingConfig.enableComponents", [
            "SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]),
        ("metrics of the system", "monitoringConfig.enableComponents", ["SYSTEM_COMPONENTS"]),
        ("no metrics that are charged by sample", "monitoringConfig.managedPrometheus.enabled", False),
        ("security posture", "securityPostureConfig.mode", "BASIC"),
        ("cost allocation", "costManagementConfig.enabled", True),
        ("Filestore", "addonsConfig.gcpFilestoreCsiDriverConfig.enabled", True),
        ("no default pool", "removeDefaultNodePool", True),
        ("no first machine of the project's account", "nodeConfig.serviceAccount", "nodes@my-project"),
        ("not kept from being destroyed", "deletionProtection", False),
    ],
)  # fmt: skip
def test_a_default_of_the_cluster(cluster: dict[str, Any], default: str, path: str, value: object) -> None:
    assert at(cluster, path) == value, default


def test_nobody_calls_by_address_unless_listed(cluster: dict[str, Any]) -> None:
    assert "masterAuthorizedNetworksConfig" not in cluster


@pytest.mark.parametrize(
    ("default", "path", "value"),
    [
        ("secure boot", "nodeConfig.shieldedInstanceConfig.enableSecureBoot", True),
        ("integrity monitoring", "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", True),
        ("metadata server of GKE", "nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA"),
        ("no legacy metadata", "nodeConfig.metadata.disable-legacy-endpoints", "true"),
        ("no read-only port", "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled", "FALSE"),
        ("own account", "nodeConfig.serviceAccount", "nodes@my-project"),
        ("Container-Optimized OS", "nodeConfig.imageType", "COS_CONTAINERD"),
        ("gVNIC", "nodeConfig.gvnic.enabled", True),
        ("private", "networkConfig.enablePrivateNodes", True),
        ("repaired", "management.autoRepair", True),
        ("upgraded", "management.autoUpgrade", True),
        ("none missing while upgraded", "upgradeSettings", {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}),
        ("limits of all zones together", "autoscaling", {
            "totalMinNodeCount": 1, "totalMaxNodeCount": 5, "locationPolicy": "BALANCED"}),
        ("its name as a label", "nodeConfig.labels", {"slipway/pool": "models"}),
    ],
)  # fmt: skip
def test_a_default_of_a_pool(deployed: Deployed, default: str, path: str, value: object) -> None:
    assert at(deployed.named("gke-models", POOL).inputs, path) == value, default


def test_machines_run_as_an_account_that_writes_logs_and_reads_images_alone(deployed: Deployed) -> None:
    granted = {each.inputs["role"]: each.inputs["member"] for each in deployed.of("gcp:projects/iAMMember:IAMMember")}
    assert granted == dict.fromkeys(
        ("roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"),
        "serviceAccount:nodes@my-project",
    )
    assert deployed.one("gcp:serviceaccount/account:Account").inputs["accountId"] == "slipway-gke"


def test_gke_alone_may_use_the_key_which_is_turned_over(deployed: Deployed) -> None:
    grant = deployed.one("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").inputs
    assert grant["role"] == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    assert grant["member"] == "serviceAccount:agent@container-engine-robot"
    assert deployed.one("gcp:kms/cryptoKey:CryptoKey").inputs["rotationPeriod"] == "7776000s"
    assert "name" not in deployed.one("gcp:kms/keyRing:KeyRing").inputs


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


def test_the_kubeconfig_asks_who_one_is_and_holds_no_credential(deployed: Deployed) -> None:
    found = kubeconfig(deployed)
    assert found["clusters"][0]["cluster"] == {"server": "https://gke-1.us-central1.gke.goog"}
    (user,) = found["users"]
    assert set(user["user"]) == {"exec"}
    run = user["user"]["exec"]
    assert (run["command"], run["args"]) == ("gke-gcloud-auth-plugin", ["--use_application_default_credentials"])
    assert run["apiVersion"] == "client.authentication.k8s.io/v1beta1"


def test_listed_networks_go_in_by_address_and_nobody_by_name() -> None:
    deployed = made(authorized_networks=["203.0.113.0/24", "198.51.100.7/32"])
    found = deployed.one(CLUSTER).inputs
    assert at(found, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic") is False
    assert at(found, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is True
    assert found["masterAuthorizedNetworksConfig"] == {
        "cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}, {"cidrBlock": "198.51.100.7/32"}],
        "gcpPublicCidrsAccessEnabled": False,
        "privateEndpointEnforcementEnabled": True,
    }
    place = {"server": "https://192.0.2.1", "certificate-authority-data": "Q0E="}
    assert kubeconfig(deployed)["clusters"][0]["cluster"] == place


def test_the_provider_stays_whatever_the_kubeconfig_says() -> None:
    one, other = made(), made(authorized_networks=["203.0.113.0/24"])
    identifiers = {each.one("pulumi:providers:kubernetes").inputs["clusterIdentifier"] for each in (one, other)}
    assert identifiers == {"gke"}


def test_a_gpu_brings_its_driver_its_label_and_the_taint_that_gke_gives() -> None:
    taints = [{"key": "nvidia.com/gpu", "value": "present"}, {"key": "team", "value": "a", "effect": "NoExecute"}]
    deployed = made(node_pools=[{**GPUS, "taints": taints}, SYSTEM])
    found = machine(deployed, "gpus")
    driver = {"gpuDriverVersion": "DEFAULT"}
    assert found["guestAccelerators"] == [{"type": "nvidia-l4", "count": 1, "gpuDriverInstallationConfig": driver}]
    assert found["labels"] == {"slipway/pool": "gpus", "slipway/gpu": "nvidia-l4"}
    assert found["taints"] == [{"key": "team", "value": "a", "effect": "NO_EXECUTE"}]
    pool = deployed.named("gke-gpus", POOL)
    assert "NodePool gke-system" in before(deployed, pool)
    assert pool.inputs["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1}
    assert (pool.inputs["initialNodeCount"], pool.inputs["autoscaling"]["totalMinNodeCount"]) == (0, 0)


def test_machines_that_are_hard_to_get_are_taken_from_any_zone() -> None:
    deployed = made(node_pools=[SYSTEM, GPUS, {**MODELS, "spot": True, "machine": "c4-standard-4"}])
    policies = {each.name: each.inputs["autoscaling"]["locationPolicy"] for each in deployed.of(POOL)}
    assert policies == {"gke-system": "BALANCED", "gke-gpus": "ANY", "gke-models": "ANY"}
    assert machine(deployed, "models")["spot"] is True
    assert machine(deployed, "models")["diskType"] == "hyperdisk-balanced"


@pytest.mark.parametrize(
    ("chosen", "first"),
    [
        ({}, 2),
        ({"zones": ["us-central1-a"]}, 4),
        ({"location": "us-central1-b"}, 4),
    ],
)
def test_a_pool_starts_with_its_least_shared_by_the_zones(chosen: dict[str, Any], first: int) -> None:
    pool = made(node_pools=[{**SYSTEM, "min": 4, "max": 6}], **chosen).one(POOL)
    assert pool.inputs["initialNodeCount"] == first
    assert list(pool.request.ignoreChanges) == ["initialNodeCount"]


def test_machines_stand_in_the_chosen_zones_and_keys_in_their_region() -> None:
    assert made(zones=["us-central1-a"]).one(CLUSTER).inputs["nodeLocations"] == ["us-central1-a"]
    deployed = made(location="us-central1-f")
    assert deployed.one(CLUSTER).inputs["location"] == "us-central1-f"
    assert deployed.one("gcp:kms/keyRing:KeyRing").inputs["location"] == "us-central1"
    assert deployed.one("gcp:compute/subnetwork:Subnetwork").inputs["region"] == "us-central1"


def test_a_pool_more_or_fewer_or_elsewhere_in_the_list_leaves_the_others() -> None:
    def pools(*chosen: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {each.urn: each.inputs for each in made(node_pools=list(chosen)).of(POOL)}

    two, three = pools(SYSTEM, MODELS), pools(GPUS, MODELS, SYSTEM)
    assert len(three) == 3
    assert {urn: three[urn] for urn in two} == two


def test_autopilot_leaves_the_machines_to_google() -> None:
    deployed = made(mode="autopilot")
    found = deployed.one(CLUSTER).inputs
    assert deployed.of(POOL) == []
    assert found["enableAutopilot"] is True
    assert at(found, "clusterAutoscaling.autoProvisioningDefaults.serviceAccount") == "nodes@my-project"
    assert at(found, "nodePoolAutoConfig.nodeKubeletConfig.insecureKubeletReadonlyPortEnabled") == "FALSE"
    refused = {"removeDefaultNodePool", "initialNodeCount", "nodeConfig", "enableShieldedNodes"}
    assert not {*refused, "enableIntranodeVisibility", "defaultMaxPodsPerNode"} & set(found)
    assert kubeconfig(deployed)["clusters"][0]["cluster"]["server"] == "https://gke-1.us-central1.gke.goog"


def test_the_cluster_outlives_what_its_first_pool_was() -> None:
    request = made(deletion_protection=True).one(CLUSTER).request
    assert sorted(request.ignoreChanges) == ["initialNodeCount", "nodeConfig"]
    assert request.deleteBeforeReplace is True


def readers(*stores: str) -> dict[str, dict[str, Any]]:
    """What the pods of service account `iris` are let do, by name."""

    def program() -> None:
        identity = Gke("gke", spec()).identity("models", Grant(account="iris", stores=stores))
        assert identity.annotations == {}
        assert len(identity.resources) == len(stores)

    deployed = deploy(program, answers=ANSWERS)
    found = deployed.of("gcp:storage/bucketIAMMember:BucketIAMMember")
    assert all("Cluster gke" in before(deployed, each) for each in found)
    return {each.name: each.inputs for each in found}


def test_a_service_account_reads_its_prefix_and_nothing_beside_it() -> None:
    pool = "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools"
    listed = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")'
    assert readers("gs://my-bucket/iris/v1/") == {
        "gke-models-iris-my-bucket/iris/v1": {
            "bucket": "my-bucket",
            "role": "roles/storage.objectViewer",
            "member": f"{pool}/my-project.svc.id.goog/subject/ns/models/sa/iris",
            "condition": {
                "title": "prefix",
                "expression": 'resource.name == "projects/_/buckets/my-bucket/objects/iris/v1" || '
                'resource.name.startsWith("projects/_/buckets/my-bucket/objects/iris/v1/") || '
                f'{listed} == "iris/v1" || {listed}.startsWith("iris/v1/")',
            },
        }
    }


def test_a_store_without_a_prefix_is_the_whole_bucket_and_no_other() -> None:
    found = readers("gs://my-bucket", "gs://other/a")
    assert "condition" not in found["gke-models-iris-my-bucket"]
    assert '"projects/_/buckets/other/objects/a"' in found["gke-models-iris-other/a"]["condition"]["expression"]


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


CROWDED = {"pods": "10.4.0.0/22"}
PLACE = "slipway:cluster.gke"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"location": "us-centra1"}, f"{PLACE}.location: 'us-centra1' is no region or zone of Google Cloud. Did you m"),
        ({"location": None}, f"{PLACE}.location: must be text"),
        ({"project": "My Project"}, f"{PLACE}.project: 'My Project' must be the id of a project: 6 to 30 lower case "),
        ({"version": "1.30"}, f"{PLACE}.version: '1.30' the add-ons of the platform share 1.33 to 1.35. Choose one of"),
        ({"mode": "auto"}, f"{PLACE}.mode: must be one of 'standard' or 'autopilot'; got 'auto'"),
        ({"zones": ["us-east1-b"]}, f"{PLACE}: zone 'us-east1-b' is not in us-central1. Did you mean 'us-"),
        (
            {"location": "us-central1-a", "zones": ["us-central1-b"]},
            f"{PLACE}: location us-central1-a is one zone. Remove zones, or make location us-central1",
        ),
        ({"network": {"pods": "10.0.0.0/14"}}, f"{PLACE}.network: nodes 10.0.0.0/20 and pods 10.0.0.0/14 overlap."),
        ({"network": {"pods": "10.4.0.0"}}, f"{PLACE}: pods 10.4.0.0/32 is room for 0 machines, and the pools may hav"),
        (
            {"network": CROWDED},
            f"{PLACE}: pods 10.4.0.0/22 is room for 4 machines, and the pools may have 10 while they upgrade. Use a la",
        ),
        (
            {"network": CROWDED, "existing_network": EXISTING},
            f"{PLACE}: network and existing_network exclude each other. Keep one",
        ),
        (
            {"existing_network": {**EXISTING, "network": "a/b"}},
            f"{PLACE}.existing_network.network: 'a/b' must be a name, or projects/PROJECT/global/networks/NAME",
        ),
        (
            {"authorized_networks": ["0.0.0.0/0"]},
            f"{PLACE}: authorized_networks has 0.0.0.0/0: anybody could call the API server. List your own networks",
        ),
        ({"node_pools": [MODELS]}, f"{PLACE}: no node pool is for the cluster's own parts. Give one `system: true`"),
        ({"node_pools": [SYSTEM, SYSTEM]}, f"{PLACE}: 2 node pools have the name 'system'. Rename one"),
        (
            {"node_pools": [{**SYSTEM, "name": "a" * 41}]},
            f"{PLACE}: node pool {'a' * 41!r} is over 40 characters. Shorten its name",
        ),
        ({"node_pools": [{**SYSTEM, "name": "My_Pool"}]}, f"{PLACE}.node_pools[0].name: 'My_Pool' must be lower case"),
        (
            {"node_pools": [{**SYSTEM, "min": 4}]},
            f"{PLACE}.node_pools[0]: min 4 is above max 3. Lower min or raise max",
        ),
        ({"node_pools": [{**SYSTEM, "spot": True}]}, f"{PLACE}.node_pools[0]: a system pool of spot machines takes th"),
        (
            {"node_pools": [SYSTEM, {**MODELS, "gpu": {"type": "nvidia-l4"}}]},
            f"{PLACE}: node pool 'models': n2-standard-4 has no GPU. Remove gpu, or choose another machine",
        ),
        (
            {"node_pools": [SYSTEM, {**MODELS, "machine": "c4a-standard-4"}]},
            f"{PLACE}: node pool 'models': c4a-standard-4 is arm64, not amd64. Say `architecture: arm64`",
        ),
        (
            {"mode": "autopilot", "node_pools": [SYSTEM]},
            f"{PLACE}: an Autopilot cluster brings its own machines. Remove node_pools, or mode",
        ),
        ({"zone": "us-central1-a"}, f"{PLACE}.zone: unknown key. Did you mean 'zones'?"),
    ],
)
def test_a_mistake_is_refused_with_place_fact_and_cure(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        settings.target("gke", {"cluster": {"gke": {**NAMED, **chosen}}})
    (mistake,) = str(caught.value).splitlines()
    assert mistake[: len(message)] == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("my.lab", "'slipway-my.lab', and Google allows lower case letters, digits and '-'. Rename the environment"),
        ("Lab", "'slipway-Lab', and Google allows lower case letters"),
        ("x" * 23, f"'slipway-{'x' * 23}', and 30 characters are allowed. Shorten the environment's name"),
    ],
)
def test_an_environment_that_gives_no_cluster_a_name_is_refused(name: str, message: str) -> None:
    expected = f"slipway:cluster: environment {name!r}: its cluster would be called {message}"
    with pytest.raises(Invalid, match=re.escape(expected)):
        settings.target(name, {"cluster": {"gke": NAMED}})


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
    lines = ["2 False", "pulumi-gcp is not installed. pip install 'slipway[gcp]'"]
    assert (done.stdout.splitlines(), done.stderr) == (lines, "")


def test_the_example_says_the_defaults() -> None:
    found = settings.from_file("gke", ROOT).cluster.spec
    assert found.model_dump() == spec().model_dump()


def test_everything_that_the_default_is_charged_for_has_a_price() -> None:
    prices = yaml.safe_load((ROOT / "infra/prices/gke.yaml").read_text())["prices"]
    assert {charge.what for charge in spec().bill()} == set(prices)


def test_a_bill_counts_each_pool_at_its_least() -> None:
    scarce = NodePool.model_validate({**MODELS, "machine": "n1-standard-8", "min": 2, "spot": True,
                                      "gpu": {"type": "nvidia-tesla-t4", "count": 2}})  # fmt: skip
    amounts = dict(spec(node_pools=[SYSTEM, GPUS, scarce]).bill())
    assert amounts == {
        "control plane hour": 730,
        "load balancer rule hour": 730,
        "KMS key version month": 1,
        "NAT address hour": 730,
        "e2-standard-4 hour": 730,
        "n1-standard-8 spot hour": 1460,
        "nvidia-tesla-t4 spot hour": 2920,
        "pd-balanced GiB month": 300,
        "NAT machine hour": 2190,
    }
    assert "NAT machine hour" not in dict(spec(existing_network=EXISTING).bill())


@pytest.mark.parametrize(
    ("chosen", "word"),
    [
        ({}, "cloudresourcemanager"),
        ({}, "application-default login"),
        ({"node_pools": [SYSTEM, GPUS]}, "gpus: quota of us-central1 for nvidia-l4"),
        ({"existing_network": EXISTING}, "corp-us: needs Private Google Access and Cloud NAT"),
    ],
)
def test_what_stops_a_first_up_is_said_beforehand(chosen: dict[str, Any], word: str) -> None:
    assert sum(word in caution for caution in spec(**chosen).cautions()) == 1
