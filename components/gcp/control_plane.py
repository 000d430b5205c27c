"""The cluster itself: its API server, and what holds for all of its machines."""

from collections.abc import Sequence

import pulumi
from pulumi_gcp import container

from components import kubeconfig as kubeconfigs
from components.gcp.addresses import PODS_A_NODE
from components.gcp.home import Home
from components.gcp.keys import Key
from components.gcp.network import Place
from components.gcp.nodes import SCOPE, NodeAccount
from components.gcp.spec import GkeSpec

LOGS = ("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
HINT = "Install it: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin"


def cluster(name: str, spec: GkeSpec, home: Home, place: Place, account: NodeAccount, key: Key) -> container.Cluster:
    """A cluster called `name`, without machines yet."""
    arguments = _common(name, spec, home, place, key)
    if spec.manages_machines:
        _leave_machines_to_google(arguments, account)
    else:
        _expect_pools(arguments, account)
    options = home.child(
        depends_on=[key.grant, *account.roles, *place.ready],
        ignore_changes=["initial_node_count", "node_config"],
        delete_before_replace=True,
    )
    return container.Cluster(home.name, arguments, options)


def kubeconfig(name: str, spec: GkeSpec, cluster: container.Cluster) -> pulumi.Output[str]:
    """By the DNS endpoint, whose certificate is publicly trusted; or, for listed networks, by the address."""
    listed = bool(spec.authorized_networks)
    return kubeconfigs.by_command(
        name,
        server=pulumi.Output.format("https://{0}", cluster.endpoint if listed else _dns_name(cluster)),
        authority=cluster.master_auth.cluster_ca_certificate if listed else None,
        command="gke-gcloud-auth-plugin",
        arguments=["--use_application_default_credentials"],
        api="v1beta1",
        hint=HINT,
    )


def _dns_name(cluster: container.Cluster) -> pulumi.Output[str]:
    return cluster.control_plane_endpoints_config.dns_endpoint_config.endpoint


def _common(name: str, spec: GkeSpec, home: Home, place: Place, key: Key) -> container.ClusterArgs:
    return container.ClusterArgs(
        name=name,
        location=spec.location,
        node_locations=spec.zones or None,
        resource_labels=home.labels,
        deletion_protection=spec.deletion_protection,
        min_master_version=spec.version,
        release_channel=container.ClusterReleaseChannelArgs(channel="REGULAR"),
        maintenance_policy=_maintenance(),
        network=place.network,
        subnetwork=place.subnetwork,
        networking_mode="VPC_NATIVE",
        ip_allocation_policy=container.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=place.pods, services_secondary_range_name=place.services
        ),
        datapath_provider="ADVANCED_DATAPATH",
        private_cluster_config=container.ClusterPrivateClusterConfigArgs(enable_private_nodes=True),
        control_plane_endpoints_config=_endpoints(by_address=bool(spec.authorized_networks)),
        master_authorized_networks_config=_listed(spec.authorized_networks) if spec.authorized_networks else None,
        master_auth=container.ClusterMasterAuthArgs(
            client_certificate_config=container.ClusterMasterAuthClientCertificateConfigArgs(
                issue_client_certificate=False
            )
        ),
        enable_legacy_abac=False,
        anonymous_authentication_config=container.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED"),
        rbac_binding_config=container.ClusterRbacBindingConfigArgs(
            enable_insecure_binding_system_authenticated=False, enable_insecure_binding_system_unauthenticated=False
        ),
        database_encryption=container.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=key.id),
        workload_identity_config=container.ClusterWorkloadIdentityConfigArgs(
            workload_pool=f"{home.project}.svc.id.goog"
        ),
        addons_config=container.ClusterAddonsConfigArgs(
            gcp_filestore_csi_driver_config=container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(enabled=True)
        ),
        logging_config=container.ClusterLoggingConfigArgs(enable_components=LOGS),
        security_posture_config=container.ClusterSecurityPostureConfigArgs(
            mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
        ),
        cost_management_config=container.ClusterCostManagementConfigArgs(enabled=True),
    )


def _maintenance() -> container.ClusterMaintenancePolicyArgs:
    """Patches come at weekends; a minor version comes when an environment says so, or when its support ends."""
    return container.ClusterMaintenancePolicyArgs(
        recurring_window=container.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time="2025-01-04T00:00:00Z", end_time="2025-01-04T06:00:00Z", recurrence="FREQ=WEEKLY;BYDAY=SA,SU"
        ),
        maintenance_exclusions=[
            container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
                exclusion_name="minor-versions",
                start_time="2025-01-01T00:00:00Z",
                exclusion_options=container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
                    scope="NO_MINOR_UPGRADES", end_time_behavior="UNTIL_END_OF_SUPPORT"
                ),
            )
        ],
    )


def _endpoints(by_address: bool) -> container.ClusterControlPlaneEndpointsConfigArgs:
    """One way in: the DNS endpoint, where IAM judges each call, or the address, open to listed networks."""
    return container.ClusterControlPlaneEndpointsConfigArgs(
        dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
            allow_external_traffic=not by_address, enable_k8s_tokens_via_dns=False, enable_k8s_certs_via_dns=False
        ),
        ip_endpoints_config=container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(enabled=by_address),
    )


def _listed(networks: Sequence[str]) -> container.ClusterMasterAuthorizedNetworksConfigArgs:
    return container.ClusterMasterAuthorizedNetworksConfigArgs(
        cidr_blocks=[
            container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=cidr) for cidr in networks
        ],
        gcp_public_cidrs_access_enabled=False,
        private_endpoint_enforcement_enabled=True,
    )


def _leave_machines_to_google(arguments: container.ClusterArgs, account: NodeAccount) -> None:
    """Autopilot brings the machines, and most of what `_expect_pools` says about them."""
    arguments.enable_autopilot = True
    defaults = container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
        service_account=account.email, oauth_scopes=[SCOPE]
    )
    arguments.cluster_autoscaling = container.ClusterClusterAutoscalingArgs(auto_provisioning_defaults=defaults)
    arguments.node_pool_auto_config = container.ClusterNodePoolAutoConfigArgs(
        node_kubelet_config=container.ClusterNodePoolAutoConfigNodeKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled="FALSE"
        )
    )


def _expect_pools(arguments: container.ClusterArgs, account: NodeAccount) -> None:
    """GKE makes no cluster without machines: a first pool is removed again at once."""
    arguments.remove_default_node_pool = True
    arguments.initial_node_count = 1
    arguments.node_config = container.ClusterNodeConfigArgs(
        service_account=account.email,
        oauth_scopes=[SCOPE],
        disk_size_gb=30,
        shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
    )
    arguments.enable_shielded_nodes = True
    arguments.enable_intranode_visibility = True
    arguments.default_max_pods_per_node = PODS_A_NODE
    arguments.monitoring_config = container.ClusterMonitoringConfigArgs(
        enable_components=["SYSTEM_COMPONENTS"],
        managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=False),
    )
