"""Where a cluster stands: a VPC that is made for it, or one that exists."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.network import Cidr
from components.values import Value, Whole


def _roomy(cidr: str) -> str:
    if not 16 <= IPv4Network(cidr).prefixlen <= 20:
        raise ValueError("is no size for this VPC: AWS takes /16 at most, nodes and pods need /20 at least. Use /16")
    return cidr


def _id_of(kind: str) -> AfterValidator:
    def checked(text: str) -> str:
        if not re.fullmatch(rf"{kind}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", text):
            raise ValueError(f"is no id of a {kind}. Write it as AWS does: {kind}-0123456789abcdef0")
        return text

    return AfterValidator(checked)


VpcId = Annotated[str, _id_of("vpc")]
SubnetId = Annotated[str, _id_of("subnet")]


class Vpc(Value):
    """A VPC of the cluster's own, cut from `cidr`; or `vpc`, which exists, with a private subnet for each zone."""

    cidr: Annotated[Cidr, AfterValidator(_roomy)] = "10.0.0.0/16"
    zones: Whole = Field(default=3, ge=2, le=3)
    nat_gateways: Literal["per-zone", "single"] = "per-zone"
    """A single one costs less; its zone's end takes every zone's way out with it."""
    vpc: VpcId | None = None
    subnets: dict[str, SubnetId] = {}
    """A zone's name, such as eu-west-1a, to the private subnet there; each has a way out to the internet."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.vpc and (own := self.model_fields_set & {"cidr", "zones", "nat_gateways"}):
            raise ValueError(f"vpc {self.vpc} exists, and {sorted(own)[0]} is about a new one. Remove one of the two")
        if self.subnets and not self.vpc:
            raise ValueError("subnets are given without their VPC. Say vpc: vpc-...")
        return self

    @model_validator(mode="after")
    def _two_zones(self) -> Self:
        different = len(set(self.subnets.values()))
        if self.vpc and different < max(2, len(self.subnets)):
            message = (
                f"vpc {self.vpc} has {different} different subnets, and EKS needs one in each of two or more zones"
            )
            raise ValueError(f"{message}. Add one")
        return self

    @property
    def gateways(self) -> int:
        """How many NAT gateways it gets."""
        return 0 if self.vpc else 1 if self.nat_gateways == "single" else self.zones

    def private(self) -> list[str]:
        """The networks of nodes and pods, one for each zone; all are quarters, so that zones can be added."""
        return [str(each) for each in list(IPv4Network(self.cidr).subnets(2))[: self.zones]]

    def public(self) -> list[str]:
        """The networks of load balancers and NAT gateways, one for each zone, out of the last quarter."""
        last = list(IPv4Network(self.cidr).subnets(2))[-1]
        return [str(each) for each in list(last.subnets(2))[: self.zones]]
