import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi_azure_native.containerservice as sdk
import pytest
import yaml

from components.clusters.aks import Aks
from components.errors import Invalid, SlipwayError
from components.installation import Installation
from components.location.store import Grant
from components.unit import Namespace, Unit
from infra import settings
from tests.components.azure.deployment import ADMINS, ISSUER, REGISTRY, REQUIRED, SUBNET, SUBSCRIPTION, TOKEN, aks, run
from tests.components.deployed import Deployed, deploy, revealed

FOLDER = Path(__file__).parents[3]
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
ROLE = "azure-native:authorization:RoleAssignment"
OFFICE = "203.0.113.0/24"
SYSTEM = {"name": "system", "machine": "Standard_D4ds_v5", "min": 2, "max": 3, "system": True}
MODELS = {"name": "models", "machine": "Standard_D8ps_v5", "min": 1, "max": 5, "architecture": "arm64"}
GPU = {"name": "gpu", "machine": "Standard_NC4as_T4_v3", "gpu": {"type": "t4"}, "disk_gib": 128}
SPOT = {"name": "spot", "machine": "Standard_D4s_v5", "spot": True, "taints": [{"key": "batch"}]}
POOLS = [SYSTEM, MODELS, GPU, SPOT]
DEFAULTS: dict[str, Any] = {
    "disableLocalAccounts": True,
    "enableRBAC": True,
    "aadProfile": {"managed": True, "enableAzureRBAC": True, "adminGroupObjectIDs": [ADMINS]},
    "oidcIssuerProfile": {"enabled": True},
    "sku": {"name": "Base", "tier": "Standard"},
    "nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"},
    "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
    "securityProfile": {
        "workloadIdentity": {"enabled": True},
        "imageCleaner": {"enabled": True, "intervalHours": 168},
    },
    "networkProfile": {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkDataplane": "cilium",
        "networkPolicy": "cilium",
        "loadBalancerSku": "standard",
        "outboundType": "userAssignedNATGateway",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.245.0.0/16",
        "dnsServiceIP": "10.245.0.10",
    },
    "identity": {"type": "UserAssigned", "userAssignedIdentities": ["slipway-dev-control-plane-id"]},
}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"location": "eastus22"}, "location: 'eastus22' is no location of Azure. Did you mean 'eastus2'?"),
    ({"subscription": "mine"}, "subscription: 'mine' must have the shape 00000000-"),
    ({"admin_groups": []}, "admin_groups: has 0, and needs at least 1. Add some"),
    ({"admin_groups": ["admins"]}, "admin_groups[0]: 'admins' must have the shape 00000000-"),
    ({"version": "1.29"}, "version: '1.29' is out of range: the add-ons of the platform share"),
    ({"store_resource_group": "ends."}, "store_resource_group: 'ends.' must have the shape my-group"),
    ({"registry": "images.azurecr.io"}, "registry: 'images.azurecr.io' must have the shape /subscriptions/"),
    ({"maintenance_day": "Someday"}, "maintenance_day: must be one of 'Sunday'"),
    ({"authorized_networks": ["0.0.0.0/0"]}, "authorized_networks has 0.0.0.0/0: anybody could call the API server."),
    ({"network": {"cidr": "10.0.0.1/16"}}, "network.cidr: '10.0.0.1/16' must be an IPv4 network"),
    ({"network": {"cidr": "10.244.0.0/16"}}, "network: cidr 10.244.0.0/16 and pods 10.244.0.0/16 overlap. Choose"),
    ({"network": {"pods": "172.30.0.0/16"}}, "network: pods 172.30.0.0/16 and AKS's own 172.30.0.0/16 overlap"),
    ({"network": {"services": "10.245.0.0/28"}}, "network: services 10.245.0.0/28 is a /28; AKS takes /13 to /27."),
    ({"network": {"cidr": "10.0.0.0/28"}}, "network: cidr 10.0.0.0/28 leaves the nodes 8 addresses, 9 nodes need 17."),
    ({"network": {"pods": "10.244.0.0/22"}}, "network: pods 10.244.0.0/22 is enough for 4 nodes, 9 nodes need 12."),
    ({"network": {"subnet": "nodes"}}, "network.subnet: 'nodes' must have the shape /subscriptions/"),
    ({"network": {"subnet": SUBNET}}, "network: subnet is given without its addresses. Say its `cidr`"),
    ({"network": {"egress": "routes"}}, "network: egress by routes needs routes, and a new network has none. Give"),
    ({"node_pools": [MODELS]}, "no node pool is for the cluster's own parts. Give one `system: true`"),
    ({"node_pools": [SYSTEM, GPU, SPOT]}, "every node pool keeps models away. Add one that is not system, spot, GPU"),
    ({"node_pools": [SYSTEM, MODELS, MODELS]}, "2 node pools have the name 'models'. Rename one"),
    ({"node_pools": [SYSTEM, {**SYSTEM, "name": "second"}, MODELS]}, "2 node pools are `system`; AKS makes one"),
    ({"node_pools": [{**SYSTEM, "spot": True}]}, "node_pools[0]: a system pool of spot machines takes"),
    ({"node_pools": [{**SYSTEM, "min": 4}]}, "node_pools[0]: min 4 is above max 3. Lower min or raise max"),
    ({"node_pools": [SYSTEM, {**MODELS, "name": "my-models"}]}, "node_pools[1]: node pool 'my-models': AKS wants up"),
    ({"node_pools": [SYSTEM, {**MODELS, "name": "a234567890123"}]}, "node_pools[1]: node pool 'a234567890123': AKS"),
    ({"node_pools": [SYSTEM, {**MODELS, "machine": "n2"}]}, "node_pools[1]: machine 'n2' is no size of version 3"),
    ({"node_pools": [SYSTEM, {**MODELS, "architecture": "amd64"}]}, "'Standard_D8ps_v5' is arm64, not amd64. Say"),
    ({"node_pools": [{**SYSTEM, "gpu": {"type": "t4"}, "system": False}]}, "'Standard_D4ds_v5' has no GPU. Remove"),
    ({"node_pools": [SYSTEM, {**GPU, "gpu": None}]}, "has 1 GPUs of type 't4'. Say `gpu: {type: t4, count: 1}`"),
    ({"node_pools": [SYSTEM, {**GPU, "gpu": {"type": "t4", "count": 2}}]}, "has 1 GPUs of type 't4'. Say"),
    ({"adress": 1}, "adress: unknown key."),
]


def target(name: str = "dev", **choices: Any) -> settings.Target:
    return settings.target(name, {"cluster": {"aks": {**REQUIRED, **choices}}})


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return aks(authorized_networks=[OFFICE], node_pools=POOLS)


@pytest.mark.parametrize(("choices", "message"), BAD)
def test_what_azure_would_refuse_is_refused_before(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        target(**choices)
    assert str(caught.value).startswith("slipway:cluster.aks")
    assert message in str(caught.value)


def test_every_pool_s_mistake_is_said_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        target(node_pools=[{**SYSTEM, "machine": "m5.large"}, {**MODELS, "name": "My"}])
    assert len(caught.value.mistakes) == 2


def test_what_must_be_said_is_asked_for() -> None:
    with pytest.raises(Invalid) as caught:
        settings.target("dev", {"cluster": {"aks": None}})
    said = [message.partition(":")[2].partition(":")[0] for message in str(caught.value).splitlines()]
    assert said == ["cluster.aks.subscription", "cluster.aks.location", "cluster.aks.admin_groups"]


@pytest.mark.parametrize(
    ("name", "message"), [("x" * 47, "54 characters are allowed. Shorten"), ("a_b", "AKS wants letters, digits")]
)
def test_an_environment_whose_cluster_cannot_be_called_so_is_refused(name: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        target(name)
    assert target("x" * 46).cluster.spec.cluster_name("x" * 46) == f"slipway-{'x' * 46}"


def test_nothing_is_created_where_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def program() -> None:
        with pytest.raises(SlipwayError, match=r"pulumi-azure-native is not installed. pip install 'slipway\[azure\]'"):
            Aks("dev", Aks.Spec.model_validate(REQUIRED))

    monkeypatch.setattr("components.extras.find_spec", lambda name: None)
    assert deploy(program).made == []


def test_the_environment_is_read_and_its_units_are_known_without_the_extra() -> None:
    program = (
        "import sys; from pathlib import Path; from infra import settings\n"
        f"units = settings.from_file('aks', Path({str(FOLDER)!r})).units()\n"
        "assert not [name for name in sys.modules if name.startswith('pulumi_azure')]\n"
        "print(*(unit.name for unit in units))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=FOLDER, capture_output=True, text=True)
    assert (done.stdout.split()[-2:], done.stderr) == (["iris", "wine"], "")


@pytest.mark.parametrize(("property", "value"), DEFAULTS.items())
def test_the_cluster_s_defaults(deployed: Deployed, property: str, value: Any) -> None:
    assert deployed.one(CLUSTER).inputs[property] == value


def test_the_api_server_is_private_unless_somebody_outside_is_authorized() -> None:
    assert aks().one(CLUSTER).inputs["apiServerAccessProfile"] == {
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
        "privateDNSZone": "system",
        "disableRunCommand": True,
    }


def test_who_is_authorized_may_call_and_so_may_the_nodes(deployed: Deployed) -> None:
    profile = deployed.one(CLUSTER).inputs["apiServerAccessProfile"]
    assert profile["authorizedIPRanges"] == [OFFICE, "198.51.100.7/32"]
    assert profile["enablePrivateCluster"] is False


def test_everybody_may_call_where_that_is_said_twice() -> None:
    profile = aks(authorized_networks=["0.0.0.0/0"], open_to_the_internet=True).one(CLUSTER).inputs
    assert profile["apiServerAccessProfile"]["authorizedIPRanges"] == []


def test_nodes_have_no_public_address_and_leave_by_a_gateway(deployed: Deployed) -> None:
    subnet = deployed.one("azure-native:network:Subnet")
    assert subnet.inputs["defaultOutboundAccess"] is False
    assert subnet.inputs["natGateway"] == {"id": "slipway-dev-nat-id"}
    assert subnet.inputs["addressPrefix"] == "10.0.0.0/17"
    assert {pool["enableNodePublicIP"] for pool in pools(deployed).values()} == {False}
    assert {pool["vnetSubnetID"] for pool in pools(deployed).values()} == {"slipway-dev-nodes-id"}


def test_an_existing_subnet_is_used_and_nothing_is_made_beside_it() -> None:
    network = {"subnet": SUBNET, "cidr": "10.9.0.0/24", "egress": "routes"}
    deployed = aks(network=network, authorized_networks=[OFFICE])
    assert deployed.of("azure-native:network:") == []
    assert {pool["vnetSubnetID"] for pool in pools(deployed).values()} == {SUBNET}
    assert deployed.one(ROLE).inputs["scope"] == SUBNET
    cluster = deployed.one(CLUSTER).inputs
    assert cluster["networkProfile"]["outboundType"] == "userDefinedRouting"
    assert cluster["apiServerAccessProfile"]["authorizedIPRanges"] == [OFFICE]


def test_the_control_plane_has_one_right_and_has_it_before_it_needs_it(deployed: Deployed) -> None:
    role = deployed.one(ROLE)
    assert role.inputs == {
        "principalId": "a-principal",
        "principalType": "ServicePrincipal",
        "roleDefinitionId": role_id("4d97b98b-1d4f-4787-a291-c67834d212e7"),
        "scope": "slipway-dev-nodes-id",
    }
    assert role.urn in deployed.one(CLUSTER).request.dependencies


def test_the_nodes_may_pull_from_a_registry_that_is_named() -> None:
    role = aks(registry=REGISTRY).named("slipway-dev-registry").inputs
    assert (role["scope"], role["principalId"]) == (REGISTRY, "the-nodes")
    assert role["roleDefinitionId"] == role_id("7f951dda-4ed3-4680-a7ca-43fe172d538d")


def test_it_upgrades_itself_in_a_window() -> None:
    windows = aks(maintenance_day="Tuesday").of("azure-native:containerservice:MaintenanceConfiguration")
    names = {"aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"}
    assert {window.inputs["configName"] for window in windows} == names
    for window in windows:
        weekly = window.inputs["maintenanceWindow"]["schedule"]["weekly"]
        assert weekly == {"dayOfWeek": sdk.WeekDay.TUESDAY, "intervalWeeks": 1}


def test_the_control_plane_s_logs_are_kept(deployed: Deployed) -> None:
    setting = deployed.one("azure-native:monitor:DiagnosticSetting").inputs
    enabled = {log["category"] for log in setting["logs"] if log["enabled"]}
    assert {"kube-audit-admin", "kube-apiserver", "guard", "cluster-autoscaler"} <= enabled
    assert setting["resourceUri"] == "slipway-dev-id"
    assert deployed.one("azure-native:operationalinsights:Workspace").inputs["retentionInDays"] == 30


def pools(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Every pool by its name, the one inside the cluster too."""
    inside = {pool["name"]: pool for pool in deployed.one(CLUSTER).inputs["agentPoolProfiles"]}
    return inside | {pool.inputs["agentPoolName"]: pool.inputs for pool in deployed.of(POOL)}


def test_aks_makes_the_system_pool_with_the_cluster_and_the_others_are_their_own(deployed: Deployed) -> None:
    (inside,) = deployed.one(CLUSTER).inputs["agentPoolProfiles"]
    assert (inside["name"], inside["mode"]) == ("system", sdk.AgentPoolMode.SYSTEM)
    assert inside["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert {pool.name for pool in deployed.of(POOL)} == {"slipway-dev-models", "slipway-dev-gpu", "slipway-dev-spot"}
    assert {pool.inputs["mode"] for pool in deployed.of(POOL)} == {sdk.AgentPoolMode.USER}


def test_every_pool_is_scaled_spread_over_zones_and_encrypted(deployed: Deployed) -> None:
    for name, pool in pools(deployed).items():
        chosen = next(each for each in POOLS if each["name"] == name)
        assert pool["enableAutoScaling"] is True
        assert (pool["minCount"], pool["maxCount"]) == (chosen.get("min", 0), chosen.get("max", 3))
        assert pool["availabilityZones"] == ["1", "2", "3"]
        assert pool["enableEncryptionAtHost"] is True
        assert pool["nodeLabels"]["slipway/pool"] == name
        assert pool["tags"] == {"managed-by": "slipway", "environment": "dev"}


def test_counts_belong_to_the_autoscaler(deployed: Deployed) -> None:
    assert list(deployed.one(CLUSTER).request.ignoreChanges) == ["agentPoolProfiles[0].count"]
    for pool in deployed.of(POOL):
        assert list(pool.request.ignoreChanges) == ["count"]


@pytest.mark.parametrize(
    ("name", "property", "value"),
    [
        ("system", "osDiskType", "Ephemeral"),
        ("system", "osSKU", "AzureLinux"),
        ("system", "securityProfile", {"enableSecureBoot": True, "enableVTPM": True}),
        ("models", "osDiskType", "Managed"),
        ("models", "securityProfile", {"enableSecureBoot": False, "enableVTPM": False}),
        ("models", "nodeTaints", []),
        ("gpu", "osSKU", "Ubuntu"),
        ("gpu", "gpuProfile", {"driver": "Install"}),
        ("gpu", "nodeTaints", ["nvidia.com/gpu=present:NoSchedule"]),
        ("gpu", "nodeLabels", {"slipway/pool": "gpu", "slipway/gpu": "t4"}),
        ("gpu", "upgradeSettings", {"maxSurge": "0", "maxUnavailable": "1"}),
        ("spot", "scaleSetPriority", "Spot"),
        ("spot", "nodeTaints", ["batch:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]),
        ("spot", "nodeLabels", {"slipway/pool": "spot", "kubernetes.azure.com/scalesetpriority": "spot"}),
    ],
)
def test_what_a_pool_is_for_shows(deployed: Deployed, name: str, property: str, value: Any) -> None:
    assert pools(deployed)[name][property] == value


def test_the_taints_that_azure_gives_are_known_too() -> None:
    known = Aks.Spec.model_validate({**REQUIRED, "node_pools": POOLS}).known_traits.node_pools or {}
    assert {name: [taint.key for taint in each.taints] for name, each in known.items()} == {
        "system": ["CriticalAddonsOnly"],
        "models": [],
        "gpu": ["nvidia.com/gpu"],
        "spot": ["batch", "kubernetes.azure.com/scalesetpriority"],
    }


@pytest.mark.parametrize("chosen", [[SYSTEM, MODELS, SPOT], [SPOT, GPU, MODELS, SYSTEM]])
def test_pools_that_come_go_or_move_leave_the_others_alone(deployed: Deployed, chosen: list[Any]) -> None:
    before, after = (
        {each.urn: each.inputs for each in found.resources}
        for found in (deployed, aks(authorized_networks=[OFFICE], node_pools=chosen))
    )
    assert {urn: before[urn] for urn in after} == after


def test_without_zones_no_zone_is_asked_for() -> None:
    assert {str(pool["availabilityZones"]) for pool in pools(aks(location="westus")).values()} == {"[]"}


def test_the_kubeconfig_is_secret_and_asks_for_a_token_each_time(deployed: Deployed) -> None:
    text = revealed(deployed.one("pulumi:providers:kubernetes").inputs["kubeconfig"])
    config = yaml.safe_load(text)
    assert config["clusters"][0]["cluster"]["server"] == "https://x.azmk8s.io:443"
    assert list(config["users"][0]["user"]) == ["exec"]
    assert config["users"][0]["user"]["exec"]["command"] == "kubelogin"
    assert "6dae42f8-4368-4678-94ff-3960e28e3630" in config["users"][0]["user"]["exec"]["args"]


def test_what_azure_hands_out_for_signing_in_stays_out_of_everything(deployed: Deployed) -> None:
    assert TOKEN not in str([each.inputs for each in deployed.resources]) + str(deployed.outputs)


def test_the_kubernetes_provider_stays_and_waits_for_the_nodes(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:kubernetes")
    assert provider.inputs["clusterIdentifier"] == "dev"
    assert {pool.urn for pool in deployed.of(POOL)} <= set(provider.request.dependencies)


def test_everything_of_azure_belongs_to_the_cluster_and_goes_to_its_subscription(deployed: Deployed) -> None:
    provider = deployed.one("pulumi:providers:azure-native")
    assert provider.inputs["subscriptionId"] == SUBSCRIPTION
    for each in deployed.of("azure-native:"):
        assert each.parent == "slipway:index:Aks::dev"
        assert each.request.provider.startswith(provider.urn)


def test_everything_that_takes_tags_says_whose_it_is() -> None:
    for each in aks(tags={"owner": "mlops", "managed-by": "me"}).of("azure-native:"):
        if "tags" in each.inputs:
            assert each.inputs["tags"] == {"owner": "mlops", "managed-by": "slipway", "environment": "dev"}


def reading(*stores: str) -> Deployed:
    """A cluster, and on it a unit whose service account reads these stores."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "iris", "namespace": "models"}}
    grant = Grant(account="iris", stores=stores)
    unit = Unit(name="iris", namespace=Namespace(name="models"), objects=(account,), grants=(grant,))
    return run(lambda: Installation(unit, cluster=Aks("dev", Aks.Spec.model_validate(REQUIRED))))


def test_only_the_service_account_itself_can_take_its_identity() -> None:
    trust = reading("az://account/models").one("azure-native:managedidentity:FederatedIdentityCredential").inputs
    assert trust["subject"] == "system:serviceaccount:models:iris"
    assert trust["issuer"] == ISSUER
    assert trust["audiences"] == ["api://AzureADTokenExchange"]


def test_it_reads_exactly_its_container_and_prefix() -> None:
    deployed = reading("az://account/models/iris/v1")
    role = deployed.named("slipway-dev-models_iris-account-models", ROLE).inputs
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/slipway-models/providers/Microsoft.Storage"
    assert role["scope"] == f"{group}/storageAccounts/account/blobServices/default/containers/models"
    assert role["roleDefinitionId"] == role_id("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
    assert (role["principalId"], role["conditionVersion"]) == ("a-principal", "2.0")
    assert "StringStartsWith 'iris/v1/'" in role["condition"]


def test_a_container_is_given_once_whatever_is_read_of_it() -> None:
    roles = reading("az://account/models/a", "az://account/models/b", "az://account/other").of(ROLE)
    scopes = [role.inputs["scope"].rpartition("/")[2] for role in roles if "containers" in role.inputs["scope"]]
    assert sorted(scopes) == ["models", "other"]


def test_the_pods_wait_for_their_rights_and_name_their_identity() -> None:
    deployed = reading("az://account/models/iris")
    account = deployed.named("dev-serviceaccount.models.iris")
    assert account.inputs["metadata"]["annotations"] == {"azure.workload.identity/client-id": "a-client"}
    trust = deployed.one("azure-native:managedidentity:FederatedIdentityCredential")
    role = deployed.named("slipway-dev-models_iris-account-models", ROLE)
    assert {trust.urn, role.urn} <= set(account.request.dependencies)


def role_id(definition: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{definition}"


def test_a_month_is_charged_by_what_has_a_price() -> None:
    prices = yaml.safe_load((FOLDER / "infra/prices/aks.yaml").read_text())["prices"]
    spec = settings.from_file("aks", FOLDER).cluster.spec
    assert {charge.what for charge in spec.bill()} <= set(prices)
    assert dict(spec.bill())["Standard_D4ds_v5 hour"] == 3 * 730


def test_disks_spot_machines_and_a_private_endpoint_are_charged() -> None:
    bill = dict(Aks.Spec.model_validate({**REQUIRED, "node_pools": [SYSTEM, MODELS, {**SPOT, "min": 2}]}).bill())
    assert bill["P10 disk month"] == 3
    assert bill["Standard_D4s_v5 spot hour"] == 2 * 730
    assert bill["private endpoint hour"] == 730


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        ({}, "EncryptionAtHost"),
        ({}, "private"),
        ({"location": "westus"}, "no availability zones"),
        (
            {"network": {"subnet": SUBNET, "cidr": "10.9.0.0/24"}, "authorized_networks": [OFFICE]},
            "the nodes' own public addresses",
        ),
    ],
)
def test_what_stops_a_first_up_is_said(choices: dict[str, Any], word: str) -> None:
    assert any(word in caution for caution in Aks.Spec.model_validate({**REQUIRED, **choices}).cautions())


def test_nothing_is_said_of_what_is_not_asked_for() -> None:
    quiet = Aks.Spec.model_validate({**REQUIRED, "host_encryption": False, "authorized_networks": [OFFICE]})
    assert len(quiet.cautions()) == 3
