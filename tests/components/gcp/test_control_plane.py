from typing import Any

import pytest

from tests.components.deployed import Deployed
from tests.components.gcp.made import CLUSTER, POOL, at, kubeconfig, made


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


def test_the_kubeconfig_asks_who_one_is_and_holds_no_credential(deployed: Deployed) -> None:
    found = kubeconfig(deployed)
    assert found["clusters"][0]["cluster"] == {"server": "https://gke-1.us-central1.gke.goog"}
    (user,) = found["users"]
    assert set(user["user"]) == {"exec"}
    run = user["user"]["exec"]
    assert (run["command"], run["args"]) == ("gke-gcloud-auth-plugin", ["--use_application_default_credentials"])
    assert run["apiVersion"] == "client.authentication.k8s.io/v1beta1"


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
