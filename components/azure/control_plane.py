"""The cluster itself: its API server, who may call it, and what it is allowed to do."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import containerservice as aks
from pulumi_azure_native import managedidentity

from components.azure import roles
from components.azure.addresses import Addresses
from components.azure.network import Network
from components.azure.node_pools import PoolSettings, profile
from components.azure.place import Place
from components.network import EVERYBODY
from components.node_pool import NodePool


def create(
    place: Place,
    *,
    system_pool: NodePool,
    settings: PoolSettings,
    addresses: Addresses,
    network: Network,
    admin_groups: Sequence[str],
    authorized_networks: Sequence[str],
) -> aks.ManagedCluster:
    """A cluster with its system pool. Later pools are not seen here, nor are the counts that the autoscaler decides."""
    identity, allowed = _identity(place, network)
    return aks.ManagedCluster(
        place.name,
        resource_group_name=place.group,
        location=place.location,
        resource_name_=place.name,
        dns_prefix=place.name,
        kubernetes_version=settings.version,
        sku=aks.ManagedClusterSKUArgs(name=aks.ManagedClusterSKUName.BASE, tier=aks.ManagedClusterSKUTier.STANDARD),
        identity=aks.ManagedClusterIdentityArgs(
            type=aks.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        ),
        node_resource_group=f"{place.name}-nodes",
        node_resource_group_profile=aks.ManagedClusterNodeResourceGroupProfileArgs(
            restriction_level=aks.RestrictionLevel.READ_ONLY
        ),
        enable_rbac=True,
        disable_local_accounts=True,
        aad_profile=aks.ManagedClusterAADProfileArgs(
            managed=True, enable_azure_rbac=True, admin_group_object_ids=admin_groups
        ),
        api_server_access_profile=_api_server(authorized_networks, network),
        network_profile=_network(addresses),
        oidc_issuer_profile=aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
        security_profile=aks.ManagedClusterSecurityProfileArgs(
            workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
            image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(enabled=True, interval_hours=168),
        ),
        auto_scaler_profile=aks.ManagedClusterPropertiesAutoScalerProfileArgs(
            expander=aks.Expander.LEAST_WASTE, skip_nodes_with_local_storage="false"
        ),
        auto_upgrade_profile=aks.ManagedClusterAutoUpgradeProfileArgs(
            upgrade_channel=aks.UpgradeChannel.PATCH, node_os_upgrade_channel=aks.NodeOSUpgradeChannel.NODE_IMAGE
        ),
        agent_pool_profiles=[profile(system_pool, settings)],
        tags=place.tags,
        opts=place.child(depends_on=[allowed], ignore_changes=["agentPoolProfiles[0].count"]),
    )


def issuer(cluster: aks.ManagedCluster) -> pulumi.Output[str]:
    """Who signs the tokens of the cluster's service accounts."""
    return cluster.oidc_issuer_profile.apply(lambda known: known.issuer_url if known else "")


def _identity(place: Place, network: Network) -> tuple[managedidentity.UserAssignedIdentity, pulumi.Resource]:
    """What the control plane acts as, and its one right: to use the nodes' subnet."""
    identity = managedidentity.UserAssignedIdentity(
        f"{place.name}-control-plane",
        resource_group_name=place.group,
        location=place.location,
        resource_name_=f"{place.name}-control-plane",
        tags=place.tags,
        opts=place.child(),
    )
    name = f"{place.name}-control-plane-network"
    return identity, roles.give(place, name, roles.NETWORK_CONTRIBUTOR, to=identity.principal_id, scope=network.subnet)


def _api_server(authorized: Sequence[str], network: Network) -> aks.ManagedClusterAPIServerAccessProfileArgs:
    """Private, unless somebody outside is authorized; then the nodes, which come from outside too, must be as well."""
    if not authorized:
        return aks.ManagedClusterAPIServerAccessProfileArgs(
            enable_private_cluster=True,
            enable_private_cluster_public_fqdn=False,
            private_dns_zone="system",
            disable_run_command=True,
        )
    return aks.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=False,
        authorized_ip_ranges=[] if EVERYBODY in authorized else [*authorized, *network.egress],
        disable_run_command=True,
    )


def _network(addresses: Addresses) -> aks.ContainerServiceNetworkProfileArgs:
    routes = addresses.egress == "routes"
    return aks.ContainerServiceNetworkProfileArgs(
        network_plugin=aks.NetworkPlugin.AZURE,
        network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
        network_dataplane=aks.NetworkDataplane.CILIUM,
        network_policy=aks.NetworkPolicy.CILIUM,
        load_balancer_sku=aks.LoadBalancerSku.STANDARD,
        outbound_type=aks.OutboundType.USER_DEFINED_ROUTING if routes else aks.OutboundType.USER_ASSIGNED_NAT_GATEWAY,
        pod_cidr=addresses.pods,
        service_cidr=addresses.services,
        dns_service_ip=addresses.dns,
    )
