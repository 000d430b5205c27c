"""Edits of the good resources: those that break one rule each, and those that break none.

A target is a type alone: the edit is made to every resource of that type. That way the same edits also break the
clusters that this project deploys.
"""

import json
from typing import Any

from .edits import REMOVE, Edit

EKS = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
KEY = "aws:kms/key:Key"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
GKE = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
MEMBER = "gcp:projects/iAMMember:IAMMember"
BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding"
FIREWALL = "gcp:compute/firewall:Firewall"
CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey"
AKS = "azure-native:containerservice:ManagedCluster"
AGENT_POOL = "azure-native:containerservice:AgentPool"
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINITION = "azure-native:authorization:RoleDefinition"
NSG = "azure-native:network:NetworkSecurityGroup"
NSG_RULE = "azure-native:network:SecurityRule"
ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"

ANYWHERE = "0.0.0.0/0"
ANYBODY = {"cidrBlock": ANYWHERE}
NETWORKS = ("masterAuthorizedNetworksConfig",)
CERTIFICATE = {"clientCertificateConfig": {"issueClientCertificate": True}}
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
MANAGED = "arn:aws:iam::aws:policy/"
POOL = {"name": "system", "vmSize": "Standard_D4s_v5", "enableEncryptionAtHost": True}
LIMITED = {**POOL, "enableAutoScaling": True, "minCount": 1, "maxCount": 3}


def _set(type: str, *path: str | int, value: Any = None) -> Edit:
    return Edit(type, ("properties", *path), value)


def _added(type: str, **properties: Any) -> Edit:
    return Edit(f"{type}/added", (), {"type": type, "name": "added", "properties": properties})


def _allowing(**statement: Any) -> str:
    """A policy document of Amazon's."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _granting(**statement: Any) -> Edit:
    return _set(ROLE_POLICY, "policy", value=_allowing(**statement))


def _ingress(**rule: Any) -> Edit:
    return _set(GROUP, "ingress", value=[rule])


def _inbound(**chosen: Any) -> Edit:
    """A rule of Azure's that lets in what it is told to."""
    everything = {"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}
    rule = {"name": "in", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", **everything, **chosen}
    return _set(NSG, "securityRules", value=[rule])


def _firewall(source: str, **allowed: Any) -> tuple[Edit, Edit]:
    return _set(FIREWALL, "sourceRanges", value=[source]), _set(FIREWALL, "allows", value=[allowed])


def _assigned(role: str, scope: str) -> tuple[Edit, Edit]:
    definition = f"/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return _set(ASSIGNMENT, "roleDefinitionId", value=definition), _set(ASSIGNMENT, "scope", value=scope)


BREAKS: list[tuple[str, tuple[Edit, ...]]] = [
    ("aks-encryption", (_set(AKS, "securityProfile", value={"workloadIdentity": {"enabled": True}}),)),
    ("aks-endpoint", (_set(AKS, "apiServerAccessProfile"),)),
    ("aks-endpoint", (_set(AKS, "apiServerAccessProfile", value={"authorizedIPRanges": [ANYWHERE]}),)),
    ("aks-identity", (_set(AKS, "oidcIssuerProfile"),)),
    ("aks-identity", (_set(AKS, "securityProfile", "workloadIdentity", value={"enabled": False}),)),
    ("aks-local-accounts", (_set(AKS, "disableLocalAccounts"),)),
    ("aks-logs", (_set(DIAGNOSTICS, "logs"),)),
    ("aks-logs", (_set(DIAGNOSTICS, "logs", 1, "enabled", value=False),)),
    ("aks-logs", (_set(DIAGNOSTICS, "logs", value=[{"categoryGroup": "audit", "enabled": True}]),)),
    ("aks-network-policy", (_set(AKS, "networkProfile", "networkPolicy"),)),
    ("aks-network-policy", (_set(AKS, "networkProfile", "networkPolicy", value="none"),)),
    ("aks-pool-disk", (_set(AGENT_POOL, "enableEncryptionAtHost"),)),
    ("aks-pool-limits", (_set(AGENT_POOL, "enableAutoScaling", value=False),)),
    ("aks-pool-limits", (_set(AGENT_POOL, "maxCount"),)),
    ("aks-pool-limits", (_set(AKS, "agentPoolProfiles", value=[{**LIMITED, "minCount": 4}]),)),
    ("aks-pool-public-address", (_set(AGENT_POOL, "enableNodePublicIP", value=True),)),
    ("aks-pool-public-address", (_set(AKS, "agentPoolProfiles", value=[{**LIMITED, "enableNodePublicIP": True}]),)),
    ("aws-access-administrator", (_set(ATTACHMENT, "policyArn", value=f"{MANAGED}AdministratorAccess"),)),
    ("aws-access-administrator", (_set(ROLE, "managedPolicyArns", value=[f"{MANAGED}IAMFullAccess"]),)),
    ("aws-access-anybody", (_set(ROLE, "assumeRolePolicy", value=_allowing(Principal="*", Action="sts:AssumeRole")),)),
    ("aws-access-anybody", (_set(KEY, "policy", value=_allowing(Principal={"AWS": "*"}, Action="kms:*")),)),
    ("aws-access-anybody", (_added(BUCKET_POLICY, policy=_allowing(Principal={"AWS": ["1", "*"]})),)),
    ("aws-access-key", (_added("aws:iam/accessKey:AccessKey", user="robot"),)),
    ("aws-access-wildcard", (_granting(Action="*", Resource="arn:aws:s3:::models"),)),
    ("aws-access-wildcard", (_granting(Action="s3:*", Resource="arn:aws:s3:::models"),)),
    ("aws-access-wildcard", (_granting(Action=["s3:GetObject"], Resource=["*"]),)),
    ("aws-access-wildcard", (_granting(Action="s3:ListBucket", Resource="arn:aws:s3:::*"),)),
    ("aws-access-wildcard", (_set(POLICY, "policy", value=_allowing(Action="ec2:RunInstances", Resource="*")),)),
    ("aws-access-wildcard", (_granting(NotAction="iam:*", Resource="arn:aws:s3:::models"),)),
    ("aws-access-wildcard", (_granting(Action="s3:GetObject", NotResource="arn:aws:s3:::models"),)),
    ("aws-access-wildcard", (_set(ROLE, "inlinePolicies", value=[{"policy": _allowing(Action="*", Resource="*")}]),)),
    ("aws-bucket-public", (_set(BLOCK, "restrictPublicBuckets", value=False),)),
    ("aws-bucket-public", (_set(BLOCK, "blockPublicPolicy"),)),
    ("aws-firewall", (_ingress(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=[ANYWHERE]),)),
    ("aws-firewall", (_ingress(protocol="-1", fromPort=0, toPort=0, ipv6CidrBlocks=["::/0"]),)),
    ("aws-firewall", (_set(GROUP_RULE, "type", value="ingress"),)),
    ("aws-firewall", (_set(INGRESS_RULE, "fromPort", value=1), _set(INGRESS_RULE, "toPort", value=9999))),
    ("aws-instance-disk", (_set(TEMPLATE, "blockDeviceMappings"),)),
    ("aws-instance-disk", (_set(TEMPLATE, "blockDeviceMappings", 0, "ebs", "encrypted"),)),
    ("aws-instance-metadata", (_set(TEMPLATE, "metadataOptions"),)),
    ("aws-instance-metadata", (_set(TEMPLATE, "metadataOptions", "httpTokens", value="optional"),)),
    ("aws-instance-metadata", (_set(TEMPLATE, "metadataOptions", "httpPutResponseHopLimit", value=2),)),
    ("aws-instance-public-address", (_set(TEMPLATE, "networkInterfaces", value=[{"associatePublicIpAddress": True}]),)),
    ("aws-instance-public-address", (_set(SUBNET, "mapPublicIpOnLaunch", value=True),)),
    ("aws-key-rotation", (_set(KEY, "enableKeyRotation"),)),
    ("aws-store-encryption", (_set("aws:efs/fileSystem:FileSystem", "encrypted"),)),
    ("aws-store-encryption", (_added("aws:ebs/volume:Volume", availabilityZone="eu-west-1a", size=8),)),
    ("azure-access-scope", _assigned(OWNER, "/subscriptions/1")),
    ("azure-access-wildcard", (_set(DEFINITION, "permissions", value=[{"actions": ["*"]}]),)),
    ("azure-access-wildcard", (_set(DEFINITION, "permissions", value=[{"actions": [], "dataActions": ["*"]}]),)),
    ("azure-firewall", (_inbound(sourceAddressPrefix="*"),)),
    ("azure-firewall", (_inbound(sourceAddressPrefixes=[ANYWHERE], destinationPortRange="20-30"),)),
    ("azure-firewall", (_set(NSG_RULE, "destinationPortRanges", value=["443", "3389"]),)),
    ("azure-store-public", (_set(ACCOUNT, "allowBlobPublicAccess", value=True),)),
    ("azure-store-public", (_set(CONTAINER, "publicAccess", value="Blob"),)),
    ("eks-access", (_set(EKS, "accessConfig"),)),
    ("eks-access", (_set(EKS, "accessConfig", "authenticationMode", value="API_AND_CONFIG_MAP"),)),
    ("eks-deletion", (_set(EKS, "deletionProtection", value=False),)),
    ("eks-encryption", (_set(EKS, "encryptionConfig"),)),
    ("eks-endpoint", (_set(EKS, "vpcConfig", value={"subnetIds": []}),)),
    ("eks-endpoint", (_set(EKS, "vpcConfig", value={"endpointPublicAccess": True, "publicAccessCidrs": [ANYWHERE]}),)),
    ("eks-identity", (_set(ADDON, "addonName", value="coredns"),)),
    ("eks-logs", (_set(EKS, "enabledClusterLogTypes"),)),
    ("eks-logs", (_set(EKS, "enabledClusterLogTypes", value=["api", "authenticator", "scheduler"]),)),
    ("eks-network-policy", (_set(ADDON, "configurationValues"),)),
    ("eks-network-policy", (_set(ADDON, "configurationValues", value='{"enableNetworkPolicy": "false"}'),)),
    ("eks-pool-limits", (_set(NODE_GROUP, "scalingConfig"),)),
    ("eks-pool-limits", (_set(NODE_GROUP, "scalingConfig", "maxSize"),)),
    ("eks-pool-limits", (_set(NODE_GROUP, "scalingConfig", value={"minSize": 4, "maxSize": 3, "desiredSize": 3}),)),
    ("eks-pool-template", (_set(NODE_GROUP, "launchTemplate", value=REMOVE),)),
    ("gcp-access-anybody", (_set(MEMBER, "member", value="allAuthenticatedUsers"),)),
    ("gcp-access-anybody", (_set(BINDING, "members", value=["user:ada@example.com", "allUsers"]),)),
    ("gcp-access-basic-role", (_set(MEMBER, "role", value="roles/editor"),)),
    ("gcp-access-key", (_added("gcp:serviceaccount/key:Key", serviceAccountId="robot"),)),
    ("gcp-firewall", _firewall(ANYWHERE, protocol="tcp", ports=["80", "20-25"])),
    ("gcp-firewall", _firewall("::/0", protocol="all")),
    ("gcp-key-rotation", (_set(CRYPTO_KEY, "rotationPeriod", value=REMOVE),)),
    ("gke-deletion", (_set(GKE, "deletionProtection", value=False),)),
    ("gke-encryption", (_set(GKE, "databaseEncryption"),)),
    ("gke-endpoint", (_set(GKE, "controlPlaneEndpointsConfig"), _set(GKE, *NETWORKS, value={"cidrBlocks": [ANYBODY]}))),
    ("gke-endpoint", (_set(GKE, *NETWORKS, value=REMOVE),)),
    ("gke-identity", (_set(GKE, "workloadIdentityConfig"),)),
    ("gke-legacy-authentication", (_set(GKE, "enableLegacyAbac", value=True),)),
    ("gke-legacy-authentication", (_set(GKE, "masterAuth", value=CERTIFICATE),)),
    ("gke-logs", (_set(GKE, "loggingConfig"),)),
    ("gke-logs", (_set(GKE, "loggingConfig", value={"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}),)),
    ("gke-network-policy", (_set(GKE, "datapathProvider", value="LEGACY_DATAPATH"),)),
    ("gke-pool-account", (_set(NODE_POOL, "nodeConfig", "serviceAccount", value=REMOVE),)),
    ("gke-pool-limits", (_set(NODE_POOL, "autoscaling"),)),
    ("gke-pool-limits", (_set(NODE_POOL, "autoscaling", value={"minNodeCount": 1}),)),
    ("gke-pool-limits", (_set(NODE_POOL, "autoscaling", value={"totalMinNodeCount": 3, "totalMaxNodeCount": 2}),)),
    ("gke-pool-metadata", (_set(NODE_POOL, "nodeConfig", "workloadMetadataConfig"),)),
    ("gke-pool-metadata", (_set(NODE_POOL, "nodeConfig", "workloadMetadataConfig", value={"mode": "GCE_METADATA"}),)),
    ("gke-pool-private-nodes", (_set(NODE_POOL, "networkConfig", value={"enablePrivateNodes": False}),)),
    ("gke-private-nodes", (_set(GKE, "privateClusterConfig"),)),
]  # fmt: skip
"""Which rule, and it alone, speaks after which edits."""

ALLOWED: dict[str, tuple[Edit, ...]] = {
    "private endpoint of EKS": (_set(EKS, "vpcConfig", value={"endpointPublicAccess": False}),),
    "private cluster of AKS": (_set(AKS, "apiServerAccessProfile", value={"enablePrivateCluster": True}),),
    "all logs of AKS": (_set(DIAGNOSTICS, "logs", value=[{"categoryGroup": "allLogs", "enabled": True}]),),
    "an AKS cluster without pools of its own": (_set(AKS, "agentPoolProfiles"),),
    "GKE by its DNS name only": (
        _set(GKE, *NETWORKS, value=REMOVE),
        _set(GKE, "controlPlaneEndpointsConfig", "ipEndpointsConfig", value={"enabled": False}),
    ),
    "private endpoint of GKE": (
        _set(GKE, *NETWORKS, value=REMOVE),
        _set(GKE, "privateClusterConfig", value={"enablePrivateNodes": True, "enablePrivateEndpoint": True}),
    ),
    "no network outside Google's": (_set(GKE, *NETWORKS, value={}),),
    "Autopilot": (
        _set(GKE, "enableAutopilot", value=True),
        _set(GKE, "datapathProvider", value=REMOVE),
        _set(GKE, "workloadIdentityConfig", value=REMOVE),
    ),
    "policies of Calico": (
        _set(GKE, "datapathProvider", value=REMOVE),
        _set(GKE, "networkPolicy", value={"enabled": True}),
    ),
    "limits per zone": (_set(NODE_POOL, "autoscaling", value={"minNodeCount": 0, "maxNodeCount": 1}),),
    "Auto Mode of EKS": (
        _set(EKS, "computeConfig", value={"enabled": True}),
        Edit(f"{ADDON}/eks-pod-identity-agent", (), REMOVE),
    ),
    "roles by OpenID Connect": (
        _added("aws:iam/openIdConnectProvider:OpenIdConnectProvider", url="https://oidc", clientIdLists=["sts"]),
        Edit(f"{ADDON}/eks-pod-identity-agent", (), REMOVE),
    ),
    "a default hop limit": (_set(TEMPLATE, "metadataOptions", value={"httpTokens": "required"}),),
    "who administers one resource group": _assigned(OWNER, "/subscriptions/1/resourceGroups/slipway"),
    "who reads a subscription": _assigned(READER, "/subscriptions/1"),
    "a closed firewall": _firewall("35.235.240.0/20", protocol="all"),
    "a firewall for what goes out": (*_firewall(ANYWHERE, protocol="all"), _set(FIREWALL, "direction", value="EGRESS")),
    "a key that signs": (_added(CRYPTO_KEY, keyRing="ring", purpose="ASYMMETRIC_SIGN"),),
    "a key that signs on Amazon's": (_added(KEY, customerMasterKeySpec="ECC_NIST_P256"),),
    "a policy that is no JSON": (_set(POLICY, "policy", value="not JSON"),),
}  # fmt: skip
"""What a crude rule would refuse."""
