"""Clusters of Google's."""

from collections.abc import Iterator
from functools import partial

from ...cloud import everybody
from ...objects import Object, entries, get, has
from ...rule import Finding, ResourceRule, Severity

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
LOGS = ("SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
DOCS = "https://cloud.google.com/kubernetes-engine/docs/"


def _is_closed(cluster: Object) -> bool:
    """Whether no address outside Google Cloud reaches the API server but by its DNS name, which asks IAM first."""
    by_address = get(cluster, "controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled")
    return by_address is False or get(cluster, "privateClusterConfig", "enablePrivateEndpoint") is True


@partial(
    ResourceRule,
    id="gke-endpoint",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="The API server of GKE is not open to everybody",
    reason="Whoever finds a flaw or a leaked token may use it from anywhere; without a list, all addresses are let in.",
    remedy="Use the DNS endpoint and no IP endpoint, or list your networks in `masterAuthorizedNetworksConfig`.",
    reference=DOCS + "how-to/authorized-networks",
)
def endpoint(cluster: Object) -> Iterator[Finding]:
    if _is_closed(cluster):
        return
    path = ("masterAuthorizedNetworksConfig", "cidrBlocks")
    if not has(cluster, path[0]) or everybody(get(each, "cidrBlock") for each in entries(cluster, *path)):
        yield path, "lets every address call the API server"


@partial(
    ResourceRule,
    id="gke-private-nodes",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Nodes of GKE have no public addresses",
    reason="What listens on a node, the kubelet among it, is otherwise reachable from the internet.",
    remedy="Set `privateClusterConfig.enablePrivateNodes: true`.",
    reference=DOCS + "how-to/latest/network-isolation",
)
def private_nodes(cluster: Object) -> Iterator[Finding]:
    path = ("privateClusterConfig", "enablePrivateNodes")
    if get(cluster, *path) is not True:
        yield path, "gives its nodes public addresses"


@partial(
    ResourceRule,
    id="gke-pool-private-nodes",
    severity=Severity.MANDATORY,
    types=(NODE_POOL,),
    title="No node pool of GKE gives public addresses",
    reason="A pool may undo what its cluster says.",
    remedy="Remove `networkConfig.enablePrivateNodes: false`.",
    reference=DOCS + "how-to/latest/network-isolation",
)
def pool_private_nodes(pool: Object) -> Iterator[Finding]:
    path = ("networkConfig", "enablePrivateNodes")
    if get(pool, *path) is False:
        yield path, "gives its nodes public addresses"


@partial(
    ResourceRule,
    id="gke-encryption",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Secrets of GKE are encrypted with a key of your own",
    reason="The key that Google takes otherwise is its own: nobody sees who uses it, and nobody can take it away.",
    remedy="Set `databaseEncryption` to state ENCRYPTED with a Cloud KMS key.",
    reference=DOCS + "how-to/encrypting-secrets",
)
def encryption(cluster: Object) -> Iterator[Finding]:
    path = ("databaseEncryption", "state")
    if get(cluster, *path) != "ENCRYPTED":
        yield path, "does not encrypt secrets with a key of your own"


@partial(
    ResourceRule,
    id="gke-logs",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="GKE keeps the logs of its control plane",
    reason="Those of the API server, scheduler and controllers are off by default, and missing when they are needed.",
    remedy=f"Set `loggingConfig.enableComponents` to {', '.join(LOGS)}; WORKLOADS too for the logs of pods.",
    reference=DOCS + "concepts/about-logs",
)
def logs(cluster: Object) -> Iterator[Finding]:
    path = ("loggingConfig", "enableComponents")
    kept = entries(cluster, *path)
    for each in LOGS:
        if each not in kept:
            yield path, f"does not keep the log {each!r}"


@partial(
    ResourceRule,
    id="gke-legacy-authentication",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="GKE neither issues client certificates nor uses legacy authorization",
    reason="A client certificate cannot be revoked, and attribute-based access control gives rights past RBAC.",
    remedy="Remove `enableLegacyAbac` and `masterAuth.clientCertificateConfig.issueClientCertificate`.",
    reference=DOCS + "how-to/hardening-your-cluster",
)
def legacy_authentication(cluster: Object) -> Iterator[Finding]:
    for path in (("enableLegacyAbac",), ("masterAuth", "clientCertificateConfig", "issueClientCertificate")):
        if get(cluster, *path) is True:
            yield path, "lets callers in by what was given up for good reasons"


@partial(
    ResourceRule,
    id="gke-identity",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Pods on GKE have identities of their own",
    reason="Without a workload identity pool all pods can only share the node's service account, or keys.",
    remedy="Set `workloadIdentityConfig.workloadPool: PROJECT.svc.id.goog`.",
    reference=DOCS + "how-to/workload-identity",
)
def identity(cluster: Object) -> Iterator[Finding]:
    path = ("workloadIdentityConfig", "workloadPool")
    if not _is_autopilot(cluster) and not has(cluster, *path):
        yield path, "gives pods no identity of their own"


@partial(
    ResourceRule,
    id="gke-network-policy",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="GKE enforces NetworkPolicies",
    reason="A cluster without Dataplane V2 accepts them and lets everything pass.",
    remedy="Set `datapathProvider: ADVANCED_DATAPATH`.",
    reference=DOCS + "concepts/dataplane-v2",
)
def network_policy(cluster: Object) -> Iterator[Finding]:
    enforced = get(cluster, "datapathProvider") == "ADVANCED_DATAPATH" or _is_autopilot(cluster)
    if not enforced and get(cluster, "networkPolicy", "enabled") is not True:
        yield ("datapathProvider",), "does not enforce NetworkPolicies"


def _is_autopilot(cluster: Object) -> bool:
    return get(cluster, "enableAutopilot") is True


@partial(
    ResourceRule,
    id="gke-deletion",
    severity=Severity.ADVISORY,
    types=(CLUSTER,),
    title="GKE is protected from deletion",
    reason="One mistaken `destroy` takes everything with it that the cluster serves.",
    remedy="Remove `deletionProtection: false`, but for environments that come and go.",
    reference="https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/",
)
def deletion(cluster: Object) -> Iterator[Finding]:
    if get(cluster, "deletionProtection") is False:
        yield ("deletionProtection",), "may be deleted in one step"
