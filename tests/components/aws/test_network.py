from collections.abc import Iterable

from tests.components.aws.account import VPC, provisioned
from tests.components.deployed import Deployed, Resource

ZONES = ("euw1-az1", "euw1-az2", "euw1-az3")
SUBNET = "aws:ec2/subnet:Subnet"


def ids(resources: Iterable[Resource]) -> set[str]:
    return {f"{each.name}-id" for each in resources}


def subnets(deployed: Deployed, kind: str) -> list[Resource]:
    return [each for each in deployed.of(SUBNET) if each.name.startswith(f"eks-{kind}")]


def test_each_zone_has_a_public_and_a_private_subnet(deployed: Deployed) -> None:
    for kind, role in (("public", "elb"), ("private", "internal-elb")):
        found = subnets(deployed, kind)
        assert {each.inputs["availabilityZoneId"] for each in found} == set(ZONES)
        assert {each.inputs["tags"][f"kubernetes.io/role/{role}"] for each in found} == {"1"}


def test_no_machine_gets_a_public_address(deployed: Deployed) -> None:
    assert [each.inputs["mapPublicIpOnLaunch"] for each in deployed.of(SUBNET)] == [False] * 6


def test_private_subnets_leave_through_the_nat_gateway_of_their_zone(deployed: Deployed) -> None:
    for zone in ZONES:
        route = deployed.named(f"eks-private-{zone}", "aws:ec2/route:")
        joined = deployed.named(f"eks-private-{zone}", "aws:ec2/routeTableAssociation:")
        assert route.inputs["natGatewayId"] == f"eks-{zone}-id"
        assert "gatewayId" not in route.inputs
        assert joined.inputs["routeTableId"] == route.inputs["routeTableId"] == f"eks-private-{zone}-id"
        assert deployed.named(f"eks-{zone}", "aws:ec2/natGateway:").inputs["subnetId"] == f"eks-public-{zone}-id"


def test_public_subnets_leave_through_the_internet_gateway(deployed: Deployed) -> None:
    assert deployed.named("eks-public", "aws:ec2/route:").inputs["gatewayId"] == "eks-id"
    for zone in ZONES:
        joined = deployed.named(f"eks-public-{zone}", "aws:ec2/routeTableAssociation:")
        assert joined.inputs["routeTableId"] == "eks-public-id"


def test_a_single_nat_gateway_serves_every_zone() -> None:
    deployed = provisioned(network={"nat_gateways": "single"})
    assert [each.name for each in deployed.of("aws:ec2/natGateway:NatGateway")] == ["eks-euw1-az1"]
    routes = [deployed.named(f"eks-private-{zone}", "aws:ec2/route:") for zone in ZONES]
    assert {route.inputs["natGatewayId"] for route in routes} == {"eks-euw1-az1-id"}


def test_s3_is_reached_past_the_nat_gateways(deployed: Deployed) -> None:
    endpoint = deployed.one("aws:ec2/vpcEndpoint:VpcEndpoint").inputs
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["serviceName"] == "com.amazonaws.eu-west-1.s3"
    assert set(endpoint["routeTableIds"]) == {f"eks-private-{zone}-id" for zone in ZONES}


def test_the_default_security_group_lets_nothing_through(deployed: Deployed) -> None:
    group = deployed.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["ingress"], group["egress"]) == ([], [])


def test_refused_connections_are_logged_for_a_while(deployed: Deployed) -> None:
    log = deployed.one("aws:ec2/flowLog:FlowLog")
    assert (log.inputs["vpcId"], log.inputs["trafficType"]) == ("eks-id", "REJECT")
    assert deployed.named("eks-flow", "aws:cloudwatch/logGroup:").inputs["retentionInDays"] == 90


def test_nodes_wait_for_the_way_out(deployed: Deployed) -> None:
    ways = [each.urn for each in deployed.of("aws:ec2/route:Route")]
    for group in deployed.of("aws:eks/nodeGroup:NodeGroup"):
        assert set(ways) <= set(group.request.dependencies)


def test_a_vpc_that_exists_is_left_as_it_is() -> None:
    deployed = provisioned(network=VPC)
    made = {each.type for each in deployed.of("aws:") if each.type.startswith("aws:ec2/")}
    assert made == {"aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/securityGroup:SecurityGroup"}
    assert deployed.one("aws:ec2/securityGroup:SecurityGroup").inputs["vpcId"] == VPC["vpc"]


def test_cluster_nodes_and_files_stand_in_private_subnets(deployed: Deployed) -> None:
    existing = provisioned(network=VPC)
    for found, private in ((deployed, ids(subnets(deployed, "private"))), (existing, set(VPC["subnets"].values()))):
        assert set(found.one("aws:eks/cluster:Cluster").inputs["vpcConfig"]["subnetIds"]) == private
        assert {each.inputs["subnetId"] for each in found.of("aws:efs/mountTarget:MountTarget")} == private
        for group in found.of("aws:eks/nodeGroup:NodeGroup"):
            assert set(group.inputs["subnetIds"]) == private
