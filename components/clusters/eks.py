"""EKS: Kubernetes run by AWS, its machines in your account."""

import re
from ipaddress import IPv4Network
from typing import Annotated, ClassVar, Literal, Self

import pulumi
from pydantic import AfterValidator, Field, model_validator

from components.aws.machines import Pool, quota
from components.aws.regions import Region, zone_ids
from components.aws.vpc import Vpc
from components.cloud import CloudSpec
from components.cluster import HOURS, Charge, Cluster, Identity, SignIn
from components.context import Opening, Traits
from components.location.store import Grant
from components.network import Cidr, overlapping
from components.node_pool import NodePool
from components.unit import KubernetesObject

CLOSED = "authorized_networks is empty: only its own network reaches the API server, so run `up` from there"

BLOCK, SHARED = "gp3", "efs"
"""The storage classes that every cluster has."""

AddOnName = Literal[
    "vpc-cni",
    "kube-proxy",
    "eks-pod-identity-agent",
    "coredns",
    "metrics-server",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
]
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
"""What CloudWatch takes, up to two years."""

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def _principal(arn: str) -> str:
    if not re.fullmatch(r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+", arn, re.ASCII):
        shape = "arn:aws:iam::123456789012:role/platform"
        raise ValueError(f"must be the ARN of an IAM role or user such as {shape}; `aws iam get-role` shows a role's")
    return arn


def _public(cidr: str) -> str:
    if any(IPv4Network(cidr).subnet_of(private) for private in _PRIVATE):
        raise ValueError("is private, and calls from there reach the private endpoint. List the public addresses")
    return cidr


def _for_services(cidr: str) -> str:
    network = IPv4Network(cidr)
    if not 12 <= network.prefixlen <= 24 or not any(network.subnet_of(private) for private in _PRIVATE):
        raise ValueError("must be a private network between /12 and /24 such as 172.20.0.0/16")
    return cidr


def _labelled(pool: NodePool) -> NodePool:
    for key in pool.labels:
        if any(prefix in key for prefix in ("kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")):
            raise ValueError(f"label {key!r} is in a domain that EKS keeps for itself. Use a domain of your own")
    return pool


class Eks(Cluster):
    """A cluster in one region of AWS, its nodes in private subnets of two or three zones."""

    class Spec(CloudSpec):
        """`admins`: ARNs of the IAM roles or users that may do everything on it; whoever provisions it is one."""

        programs: ClassVar[tuple[str, ...]] = ("aws",)
        sign_in: ClassVar[SignIn | None] = SignIn(("aws", "sts", "get-caller-identity"), "aws configure sso")
        extra: ClassVar[str | None] = "aws"
        name_limit: ClassVar[int] = 32
        pool_name_limit: ClassVar[int] = 30

        region: Region
        admins: tuple[Annotated[str, AfterValidator(_principal)], ...] = Field(min_length=1)
        authorized_networks: tuple[Annotated[Cidr, AfterValidator(_public)], ...] = Field(default=(), max_length=40)
        network: Vpc = Vpc()
        services_cidr: Annotated[Cidr, AfterValidator(_for_services)] = "172.20.0.0/16"
        node_pools: tuple[Annotated[Pool, AfterValidator(_labelled)], ...] = (
            NodePool(name="system", system=True, machine="m7i.large", min=2, max=4),
            NodePool(name="models", machine="m7i.xlarge", min=1, max=6),
        )
        log_retention_days: LogDays = 90
        deletion_protection: bool = False
        add_on_versions: dict[AddOnName, str] = {}
        """Pins EKS add-ons; the others follow the cluster's version."""
        tags: dict[str, str] = {}
        traits: Traits = Traits(
            storage_class=BLOCK,
            shared_storage_class=SHARED,
            load_balancer=True,
            metrics_api=True,
            adds_nodes=True,
            store_schemes=("s3",),
            identity_endpoints=(Opening(cidr="169.254.170.23/32", port=80),),
        )

        @model_validator(mode="after")
        def _admins_differ(self) -> Self:
            if len(set(self.admins)) < len(self.admins):
                raise ValueError("admins has one of them twice. Remove one")
            return self

        @model_validator(mode="after")
        def _fits_the_region(self) -> Self:
            if not self.network.vpc and self.network.zones > len(zone_ids(self.region)):
                message = f"region {self.region} has {len(zone_ids(self.region))} zones for EKS"
                raise ValueError(f"{message}, and network has {self.network.zones}. Say zones: 2")
            for zone in self.network.subnets:
                if not re.fullmatch(f"{self.region}[a-z]", zone):
                    raise ValueError(f"subnet of {zone!r}: that is no zone of {self.region}. Write {self.region}a")
            return self

        @model_validator(mode="after")
        def _addresses_differ(self) -> Self:
            own = [] if self.network.vpc else [("network", self.network.cidr)]
            for sentence in overlapping([*own, ("services_cidr", self.services_cidr)]):
                raise ValueError(sentence)
            return self

        def all_tags(self, name: str) -> dict[str, str]:
            """What everything carries that is made for environment `name`."""
            return {**self.tags, "managed-by": "slipway", "environment": name}

        def cautions(self) -> tuple[str, ...]:
            quotas = sorted({quota(pool) for pool in self.node_pools})
            new, gateways = not self.network.vpc, self.network.gateways
            return (
                *(f"quota of {self.region}, in vCPUs: {each}" for each in quotas),
                *([f"quotas of {self.region}: VPCs (1 more), Elastic IPs ({gateways} more)"] if new else []),
                *([] if self.authorized_networks else [CLOSED]),
            )

        def bill(self) -> tuple[Charge, ...]:
            machines = [Charge(f"{pool.machine} hour", HOURS * pool.min) for pool in self.node_pools if pool.min]
            per_gateway = ("NAT gateway hour", "public IPv4 address hour") if self.network.gateways else ()
            return (
                Charge("control plane hour", HOURS),
                *machines,
                Charge("gp3 GB-month", sum(pool.disk_gib * pool.min for pool in self.node_pools)),
                *(Charge(each, HOURS * self.network.gateways) for each in per_gateway),
                Charge("KMS key month", 1),
            )

    def provision(self, spec: Spec) -> pulumi.Input[str]:
        from components.aws.foundation import Foundation

        self._foundation = Foundation(self.name, spec, self.child())
        self.ready += self._foundation.ready
        return self._foundation.kubeconfig

    def furnishings(self, spec: Spec) -> list[KubernetesObject]:
        return self._foundation.manifests(spec)

    def identity(self, namespace: str, grant: Grant) -> Identity:
        return Identity(resources=(self._foundation.reader(namespace, grant),))
