"""Clusters of Amazon's."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...cloud import YES, everybody
from ...index import Objects
from ...objects import Object, entries, get
from ...rule import Finding, ResourceRule, SetFinding, SetRule, Severity

CLUSTER = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
OPEN_ID_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide/"


@partial(
    ResourceRule,
    id="eks-endpoint",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="The API server of EKS is not open to everybody",
    reason="Whoever finds a flaw or a leaked token may use it from anywhere; without a list, all addresses are let in.",
    remedy="Set `endpointPublicAccess: false`, or list your own networks in `publicAccessCidrs`.",
    reference=GUIDE + "cluster-endpoint.html",
)
def endpoint(cluster: Object) -> Iterator[Finding]:
    path = ("vpcConfig", "publicAccessCidrs")
    if get(cluster, "vpcConfig", "endpointPublicAccess") is not False:
        listed = entries(cluster, *path)
        if not listed or everybody(listed):
            yield path, "lets every address call the API server"


@partial(
    ResourceRule,
    id="eks-encryption",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Secrets of EKS are encrypted with a key of your own",
    reason="The key that Amazon takes otherwise is its own: nobody sees who uses it, and nobody can take it away.",
    remedy="Set `encryptionConfig` with a KMS key and the resource `secrets`.",
    reference=GUIDE + "enable-kms.html",
)
def encryption(cluster: Object) -> Iterator[Finding]:
    if "secrets" not in entries(cluster, "encryptionConfig", "resources"):
        yield ("encryptionConfig", "resources"), "does not encrypt secrets with a key of your own"


@partial(
    ResourceRule,
    id="eks-logs",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="EKS keeps all logs of its control plane",
    reason="They are off by default, and afterwards nobody can say who did what.",
    remedy=f"Set `enabledClusterLogTypes` to {', '.join(LOGS)}.",
    reference=GUIDE + "control-plane-logs.html",
)
def logs(cluster: Object) -> Iterator[Finding]:
    kept = entries(cluster, "enabledClusterLogTypes")
    for each in LOGS:
        if each not in kept:
            yield ("enabledClusterLogTypes",), f"does not keep the log {each!r}"


@partial(
    ResourceRule,
    id="eks-access",
    severity=Severity.MANDATORY,
    types=(CLUSTER,),
    title="Access entries alone say who may enter EKS",
    reason="The ConfigMap aws-auth makes administrators past IAM, and one typing error in it locks everybody out.",
    remedy="Set `accessConfig.authenticationMode: API` and give access entries.",
    reference=GUIDE + "access-entries.html",
)
def access(cluster: Object) -> Iterator[Finding]:
    path = ("accessConfig", "authenticationMode")
    if get(cluster, *path) != "API":
        yield path, "also believes the ConfigMap aws-auth"


@partial(
    ResourceRule,
    id="eks-deletion",
    severity=Severity.ADVISORY,
    types=(CLUSTER,),
    title="EKS is protected from deletion",
    reason="One mistaken `destroy` takes everything with it that the cluster serves.",
    remedy="Set `deletionProtection: true`, but for environments that come and go.",
    reference=GUIDE + "deletion-protection.html",
)
def deletion(cluster: Object) -> Iterator[Finding]:
    if get(cluster, "deletionProtection") is not True:
        yield ("deletionProtection",), "may be deleted in one step"


@partial(
    ResourceRule,
    id="eks-network-policy",
    severity=Severity.MANDATORY,
    types=(ADDON,),
    title="EKS enforces NetworkPolicies",
    reason="The add-on vpc-cni accepts them and lets everything pass, unless told otherwise.",
    remedy='Give the add-on vpc-cni `configurationValues: {"enableNetworkPolicy": "true"}` as JSON.',
    reference=GUIDE + "cni-network-policy.html",
)
def network_policy(addon: Object) -> Iterator[Finding]:
    enforces = get(addon, "addonName") != "vpc-cni" or get(_values(addon), "enableNetworkPolicy") in YES
    if not enforces:
        yield ("configurationValues",), "does not enforce NetworkPolicies"


def _values(addon: Object) -> Any:
    """The configuration of an add-on; None where it is no JSON."""
    try:
        return json.loads(str(get(addon, "configurationValues")))
    except ValueError:
        return None


@partial(
    SetRule,
    id="eks-identity",
    severity=Severity.MANDATORY,
    title="Pods on EKS have identities of their own",
    reason="Without an agent or an OpenID Connect provider all pods can only share the role of their node, or keys.",
    remedy="Add the add-on eks-pod-identity-agent.",
    reference=GUIDE + "pod-identities.html",
)
def identity(objects: Objects) -> Iterator[SetFinding]:
    addons = [get(each, "properties", "addonName") for each in objects.of(ADDON)]
    if "eks-pod-identity-agent" in addons or any(objects.of(OPEN_ID_PROVIDER)):
        return
    for cluster in objects.of(CLUSTER):
        if get(cluster, "properties", "computeConfig", "enabled") is not True:
            yield cluster, (), "gives pods no identity of their own"
