"""What goes on beside the cluster: when it is upgraded, and what is written down about it."""

from pulumi_azure_native import containerservice as aks
from pulumi_azure_native import monitor, operationalinsights

from components.azure.place import Place

WINDOWS = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")
"""Of Kubernetes and of the nodes' images; AKS knows them by these names.

Source: https://learn.microsoft.com/azure/aks/planned-maintenance
"""
LOGS = (
    "kube-apiserver",
    "kube-audit-admin",
    "kube-controller-manager",
    "kube-scheduler",
    "cluster-autoscaler",
    "cloud-controller-manager",
    "guard",
)
"""Every change, who made it and who was let in; not each read, which would be most of the bill.

Source: https://learn.microsoft.com/azure/aks/monitor-aks-reference
"""
RETENTION_DAYS = 30


def maintenance(place: Place, cluster: aks.ManagedCluster, day: str) -> None:
    """The windows (UTC, each week) in which AKS upgrades by itself."""
    for name in WINDOWS:
        aks.MaintenanceConfiguration(
            f"{place.name}-{name}",
            resource_group_name=place.group,
            resource_name_=cluster.name,
            config_name=name,
            maintenance_window=aks.MaintenanceWindowArgs(
                start_time="01:00",
                utc_offset="+00:00",
                duration_hours=4,
                schedule=aks.ScheduleArgs(
                    weekly=aks.WeeklyScheduleArgs(day_of_week=aks.WeekDay(day), interval_weeks=1)
                ),
            ),
            opts=place.child(),
        )


def logs(place: Place, cluster: aks.ManagedCluster) -> None:
    """The control plane's logs, in a workspace of the cluster's own."""
    workspace = operationalinsights.Workspace(
        place.name,
        resource_group_name=place.group,
        location=place.location,
        workspace_name=place.name,
        sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
        retention_in_days=RETENTION_DAYS,
        features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
        tags=place.tags,
        opts=place.child(),
    )
    monitor.DiagnosticSetting(
        f"{place.name}-control-plane",
        name="control-plane",
        resource_uri=cluster.id,
        workspace_id=workspace.id,
        log_analytics_destination_type="Dedicated",
        logs=[monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True) for category in LOGS],
        opts=place.child(),
    )
