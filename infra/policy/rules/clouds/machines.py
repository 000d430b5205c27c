"""The machines that nodes are: what reaches them, and what their pods can take from them."""

from collections.abc import Iterator
from functools import partial

from ...cloud import AKS_POOLS, YES, aks_pools
from ...objects import Object, entries, get, has, number
from ...rule import Finding, ResourceRule, Severity

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
NODE_POOL = "gcp:container/nodePool:NodePool"


@partial(
    ResourceRule,
    id="aws-instance-metadata",
    severity=Severity.MANDATORY,
    types=(LAUNCH_TEMPLATE,),
    title="Instance metadata asks for a token and stops at the node",
    reason="A pod could otherwise ask for the credentials of the node's role, or be tricked into asking for somebody.",
    remedy="Set `metadataOptions: {httpTokens: required, httpPutResponseHopLimit: 1}`.",
    reference="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
)
def metadata(template: Object) -> Iterator[Finding]:
    if get(template, "metadataOptions", "httpTokens") != "required":
        yield ("metadataOptions", "httpTokens"), "answers without a token (IMDSv1)"
    hops = number(template, "metadataOptions", "httpPutResponseHopLimit")
    if hops is not None and hops > 1:
        yield ("metadataOptions", "httpPutResponseHopLimit"), f"answers pods, which are {hops:g} hops away"


@partial(
    ResourceRule,
    id="aws-instance-disk",
    severity=Severity.MANDATORY,
    types=(LAUNCH_TEMPLATE,),
    title="Disks of machines are encrypted",
    reason="Images, caches and what pods leave behind can otherwise be read from a snapshot.",
    remedy="Set `ebs.encrypted: true` in each of the `blockDeviceMappings`, the root volume among them.",
    reference="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
)
def disk(template: Object) -> Iterator[Finding]:
    disks = entries(template, "blockDeviceMappings")
    if not disks:
        yield ("blockDeviceMappings",), "leaves the encryption of the root volume to chance"
    for index, each in enumerate(disks):
        if has(each, "ebs") and get(each, "ebs", "encrypted") not in YES:
            yield ("blockDeviceMappings", index, "ebs", "encrypted"), "is not encrypted"


@partial(
    ResourceRule,
    id="aws-instance-public-address",
    severity=Severity.MANDATORY,
    types=(LAUNCH_TEMPLATE, "aws:ec2/subnet:Subnet"),
    title="No machine gets a public address by itself",
    reason="What listens on a node, the kubelet among it, is otherwise reachable from the internet.",
    remedy="Remove `associatePublicIpAddress` and `mapPublicIpOnLaunch`; let nodes go out through a NAT gateway.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
)
def public_address(properties: Object) -> Iterator[Finding]:
    if get(properties, "mapPublicIpOnLaunch") is True:
        yield ("mapPublicIpOnLaunch",), "gives every machine in it a public address"
    for index, each in enumerate(entries(properties, "networkInterfaces")):
        if get(each, "associatePublicIpAddress") in YES:
            yield ("networkInterfaces", index, "associatePublicIpAddress"), "gives the machine a public address"


@partial(
    ResourceRule,
    id="eks-pool-template",
    severity=Severity.MANDATORY,
    types=("aws:eks/nodeGroup:NodeGroup",),
    title="Every node group of EKS has a launch template",
    reason="Amazon otherwise makes one with its own defaults, and nobody judges its metadata, disks and addresses.",
    remedy="Set `launchTemplate`.",
    reference="https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
)
def template(pool: Object) -> Iterator[Finding]:
    if not has(pool, "launchTemplate"):
        yield ("launchTemplate",), "leaves its machines to defaults"


@partial(
    ResourceRule,
    id="gke-pool-account",
    severity=Severity.MANDATORY,
    types=(NODE_POOL,),
    title="Nodes of GKE have a service account of their own",
    reason="The default account of Compute Engine is often an editor of the whole project.",
    remedy="Set `nodeConfig.serviceAccount` to one with the role roles/container.defaultNodeServiceAccount.",
    reference="https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts",
)
def account(pool: Object) -> Iterator[Finding]:
    path = ("nodeConfig", "serviceAccount")
    if not has(pool, *path):
        yield path, "takes the default account of Compute Engine"


@partial(
    ResourceRule,
    id="gke-pool-metadata",
    severity=Severity.MANDATORY,
    types=(NODE_POOL,),
    title="Pods on GKE do not see the metadata of their node",
    reason="A pod could otherwise ask for a token of the node's service account.",
    remedy="Set `nodeConfig.workloadMetadataConfig.mode: GKE_METADATA`.",
    reference="https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
)
def pool_metadata(pool: Object) -> Iterator[Finding]:
    path = ("nodeConfig", "workloadMetadataConfig", "mode")
    if get(pool, *path) != "GKE_METADATA":
        yield path, "shows pods the metadata of their node"


@partial(
    ResourceRule,
    id="aks-pool-public-address",
    severity=Severity.MANDATORY,
    types=AKS_POOLS,
    title="Nodes of AKS have no public addresses",
    reason="What listens on a node, the kubelet among it, is otherwise reachable from the internet.",
    remedy="Remove `enableNodePublicIP`; let nodes go out through a NAT gateway or load balancer.",
    reference="https://learn.microsoft.com/azure/aks/use-node-public-ips",
)
def aks_public_address(properties: Object) -> Iterator[Finding]:
    for path, pool in aks_pools(properties):
        if get(pool, "enableNodePublicIP") is True:
            yield (*path, "enableNodePublicIP"), "gives its nodes public addresses"


@partial(
    ResourceRule,
    id="aks-pool-disk",
    severity=Severity.ADVISORY,
    types=AKS_POOLS,
    title="Disks of AKS nodes are encrypted on their host too",
    reason="Temporary disks and caches of the host are otherwise in clear; Azure encrypts the stored disks by itself.",
    remedy="Set `enableEncryptionAtHost: true`; the subscription must have the feature EncryptionAtHost.",
    reference="https://learn.microsoft.com/azure/aks/enable-host-encryption",
)
def aks_disk(properties: Object) -> Iterator[Finding]:
    for path, pool in aks_pools(properties):
        if get(pool, "enableEncryptionAtHost") is not True:
            yield (*path, "enableEncryptionAtHost"), "does not encrypt temporary disks and caches"
