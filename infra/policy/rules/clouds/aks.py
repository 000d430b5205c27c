"""Clusters of Microsoft's."""

from collections.abc import Iterator
from functools import partial

from ...cloud import everybody
from ...index import Objects
from ...objects import Object, entries, get
from ...rule import Finding, ResourceRule, SetFinding, SetRule, Severity

CLUSTER = "azure-native:containerservice:ManagedCluster"
DIAGNOSTIC_SETTING = "azure-native:monitor:DiagnosticSetting"
LOGS = ("kube-apiserver", "kube-audit-admin", "kube-controller-manager", "kube-scheduler", "guard")
ALL_LOGS = {"allLogs": frozenset(LOGS), "kube-audit": frozenset({"kube-audit-admin"})}
"""What holds more than its name says."""
DOCS = "https://learn.microsoft.com/azure/aks/"


@partial(
    ResourceRule,
    id="aks-endpoint",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="The API server of AKS is not open to everybody",
    reason="Whoever finds a flaw or a leaked token may use it from anywhere; without a list, all addresses are let in.",
    remedy="In `apiServerAccessProfile` set `enablePrivateCluster`, or list your networks as `authorizedIPRanges`.",
    reference=DOCS + "api-server-authorized-ip-ranges",
)
def endpoint(cluster: Object) -> Iterator[Finding]:
    path = ("apiServerAccessProfile", "authorizedIPRanges")
    if get(cluster, "apiServerAccessProfile", "enablePrivateCluster") is not True:
        listed = entries(cluster, *path)
        if not listed or everybody(listed):
            yield path, "lets every address call the API server"


@partial(
    ResourceRule,
    id="aks-local-accounts",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="AKS has no local accounts",
    reason="Their administrator's certificate asks no directory, belongs to nobody, and outlives whoever copied it.",
    remedy="Set `disableLocalAccounts: true` and let Entra ID say who may enter (`aadProfile`).",
    reference=DOCS + "manage-local-accounts-managed-azure-ad",
)
def local_accounts(cluster: Object) -> Iterator[Finding]:
    if get(cluster, "disableLocalAccounts") is not True:
        yield ("disableLocalAccounts",), "has an administrator's account past Entra ID"


@partial(
    ResourceRule,
    id="aks-identity",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Pods on AKS have identities of their own",
    reason="Without workload identity all pods can only share the node's identity, or keys.",
    remedy="Set `oidcIssuerProfile.enabled: true` and `securityProfile.workloadIdentity.enabled: true`.",
    reference=DOCS + "workload-identity-overview",
)
def identity(cluster: Object) -> Iterator[Finding]:
    for path in (("oidcIssuerProfile", "enabled"), ("securityProfile", "workloadIdentity", "enabled")):
        if get(cluster, *path) is not True:
            yield path, "gives pods no identity of their own"


@partial(
    ResourceRule,
    id="aks-network-policy",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="AKS enforces NetworkPolicies",
    reason="A cluster without an engine for them accepts them and lets everything pass.",
    remedy="Set `networkProfile.networkPolicy: cilium`.",
    reference=DOCS + "use-network-policies",
)
def network_policy(cluster: Object) -> Iterator[Finding]:
    path = ("networkProfile", "networkPolicy")
    if get(cluster, *path) in (None, "none"):
        yield path, "does not enforce NetworkPolicies"


@partial(
    ResourceRule,
    id="aks-encryption",
    severity=Severity.ADVISORY,
    types=(CLUSTER,),
    title="Secrets of AKS are encrypted with a key of your own",
    reason="The key that Azure takes otherwise is its own: nobody sees who uses it, and nobody can take it away.",
    remedy="Set `securityProfile.azureKeyVaultKms` to a key of a vault.",
    reference=DOCS + "use-kms-etcd-encryption",
)
def encryption(cluster: Object) -> Iterator[Finding]:
    path = ("securityProfile", "azureKeyVaultKms", "enabled")
    if get(cluster, *path) is not True:
        yield path, "does not encrypt secrets with a key of your own"


@partial(
    SetRule,
    id="aks-logs",
    severity=Severity.MANDATORY,
    title="AKS keeps the logs of its control plane",
    reason="They go nowhere by default, and afterwards nobody can say who did what.",
    remedy=f"Add a diagnostic setting of the cluster with the categories {', '.join(LOGS)}.",
    reference=DOCS + "monitor-aks",
)
def logs(objects: Objects) -> Iterator[SetFinding]:
    kept = {category for setting in objects.of(DIAGNOSTIC_SETTING) for category in _kept(setting)}
    for cluster in objects.of(CLUSTER):
        for each in LOGS:
            if each not in kept:
                yield cluster, (), f"does not keep the log {each!r}"


def _kept(setting: Object) -> Iterator[str]:
    for log in entries(setting, "properties", "logs"):
        name = str(get(log, "category") or get(log, "categoryGroup"))
        if get(log, "enabled") is True:
            yield from ALL_LOGS.get(name, {name})
