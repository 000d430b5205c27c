"""The network that a cluster stands in."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from components.aws.logs import FlowLog
from components.aws.regions import zone_ids
from components.aws.vpc import Vpc
from components.component import Component
from components.network import EVERYBODY

ByZone = Mapping[str, pulumi.Input[str]]
"""A zone to the id of something there."""


class Place(NamedTuple):
    """A VPC and its private subnets, one for each zone; `ready` is their way out to the internet."""

    vpc: pulumi.Input[str]
    subnets: ByZone
    ready: tuple[pulumi.Resource, ...] = ()


def place(name: str, chosen: Vpc, region: str, log_days: int, opts: pulumi.ResourceOptions) -> Place:
    """The VPC that exists, untouched, or a new one."""
    if chosen.vpc:
        return Place(chosen.vpc, chosen.subnets)
    network = Network(name, chosen, region, log_days, opts)
    return Place(network.vpc, network.private, (network,))


class Network(Component):
    """A VPC with a public and a private subnet in each zone. Attributes: `vpc`, and `private` by zone."""

    def __init__(self, name: str, chosen: Vpc, region: str, log_days: int, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        zones = zone_ids(region)[: chosen.zones]
        self.vpc = self._vpc(chosen.cidr, log_days)
        public = self._subnets("public", "elb", zones, chosen.public())
        self.private = self._subnets("private", "internal-elb", zones, chosen.private())
        internet = aws.ec2.InternetGateway(name, vpc_id=self.vpc, tags={"Name": name}, opts=self.child())
        self._associate("public", public, dict.fromkeys(zones, self._table("public", gateway_id=internet.id)))
        gateways = self._nat_gateways(public, zones[: chosen.gateways], internet)
        through = {zone: gateways.get(zone, gateways[zones[0]]) for zone in zones}
        tables = {zone: self._table(f"private-{zone}", nat_gateway_id=through[zone]) for zone in zones}
        self._associate("private", self.private, tables)
        self._shortcut_to_s3(region, list(tables.values()))
        self.register_outputs({"vpc": self.vpc})

    def _vpc(self, cidr: str, log_days: int) -> pulumi.Output[str]:
        """The VPC; its default security group, which nobody uses, lets nothing through."""
        tags = {"Name": self.name}
        vpc = aws.ec2.Vpc(self.name, cidr_block=cidr, enable_dns_hostnames=True, tags=tags, opts=self.child()).id
        aws.ec2.DefaultSecurityGroup(self.name, vpc_id=vpc, ingress=[], egress=[], opts=self.child())
        FlowLog(self.name, vpc, log_days, opts=self.child())
        return vpc

    def _subnets(self, kind: str, role: str, zones: tuple[str, ...], cidrs: list[str]) -> dict[str, pulumi.Output[str]]:
        """By zone; the tag tells who makes load balancers which subnets are for them."""
        return {
            zone: aws.ec2.Subnet(
                f"{self.name}-{kind}-{zone}",
                vpc_id=self.vpc,
                availability_zone_id=zone,
                cidr_block=cidr,
                map_public_ip_on_launch=False,
                tags={"Name": f"{self.name}-{kind}-{zone}", f"kubernetes.io/role/{role}": "1"},
                opts=self.child(),
            ).id
            for zone, cidr in zip(zones, cidrs, strict=True)
        }

    def _nat_gateways(
        self, public: ByZone, zones: tuple[str, ...], internet: pulumi.Resource
    ) -> dict[str, pulumi.Output[str]]:
        """By zone, each with an address of its own."""
        found = {}
        for zone in zones:
            name = f"{self.name}-{zone}"
            address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=self.child()).id
            options = self.child(depends_on=[internet])
            tags = {"Name": name}
            gateway = aws.ec2.NatGateway(name, subnet_id=public[zone], allocation_id=address, tags=tags, opts=options)
            found[zone] = gateway.id
        return found

    def _table(
        self,
        called: str,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
    ) -> pulumi.Output[str]:
        """A route table whose way out is one of these gateways."""
        name = f"{self.name}-{called}"
        table = aws.ec2.RouteTable(name, vpc_id=self.vpc, tags={"Name": name}, opts=self.child()).id
        aws.ec2.Route(
            name,
            route_table_id=table,
            destination_cidr_block=EVERYBODY,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=self.child(),
        )
        return table

    def _associate(self, kind: str, subnets: ByZone, tables: ByZone) -> None:
        for zone, subnet in subnets.items():
            name = f"{self.name}-{kind}-{zone}"
            aws.ec2.RouteTableAssociation(name, route_table_id=tables[zone], subnet_id=subnet, opts=self.child())

    def _shortcut_to_s3(self, region: str, tables: list[pulumi.Output[str]]) -> None:
        """Models and image layers come from S3 past the NAT gateways, free of charge."""
        aws.ec2.VpcEndpoint(
            f"{self.name}-s3",
            vpc_id=self.vpc,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=tables,
            opts=self.child(),
        )
