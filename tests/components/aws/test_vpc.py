from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.aws.vpc import Vpc
from components.network import overlapping


@st.composite
def vpcs(draw: st.DrawFn) -> Vpc:
    prefix = draw(st.integers(16, 20))
    network = draw(st.sampled_from(list(IPv4Network("10.0.0.0/8").subnets(new_prefix=prefix))[:64]))
    return Vpc(cidr=str(network), zones=draw(st.sampled_from([2, 3])))


@given(vpcs())
def test_subnets_lie_apart_inside_the_vpc(vpc: Vpc) -> None:
    subnets = [*vpc.private(), *vpc.public()]
    assert len(subnets) == 2 * vpc.zones
    assert all(IPv4Network(each).subnet_of(IPv4Network(vpc.cidr)) for each in subnets)
    assert not overlapping((each, each) for each in subnets)


@given(vpcs())
def test_a_zone_is_added_without_moving_the_others(vpc: Vpc) -> None:
    two, three = Vpc(cidr=vpc.cidr, zones=2), Vpc(cidr=vpc.cidr, zones=3)
    assert three.private()[:2] == two.private()
    assert three.public()[:2] == two.public()


def test_pods_have_room_for_three_quarters_of_the_addresses() -> None:
    assert Vpc().private() == ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18"]
    assert Vpc().public() == ["10.0.192.0/20", "10.0.208.0/20", "10.0.224.0/20"]
