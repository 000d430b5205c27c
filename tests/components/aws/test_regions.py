import re

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.aws.regions import REGIONS, zone_ids

OTHER_PARTITIONS = re.compile("cn-|eusc-|us-gov-|us-iso|eu-iso")


def test_the_regions_are_those_that_the_provider_knows() -> None:
    known = {each.value for each in aws.Region}
    assert set(REGIONS) == {region for region in known if not OTHER_PARTITIONS.match(region)}
    assert len(REGIONS) == len(set(REGIONS))


@pytest.mark.parametrize(
    ("region", "zones"),
    [
        ("eu-west-1", ("euw1-az1", "euw1-az2", "euw1-az3")),
        ("us-east-1", ("use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6")),
        ("us-west-1", ("usw1-az1", "usw1-az3")),
        ("ap-northeast-1", ("apne1-az1", "apne1-az2", "apne1-az4")),
        ("ca-central-1", ("cac1-az1", "cac1-az2", "cac1-az4")),
        ("il-central-1", ("ilc1-az1", "ilc1-az2", "ilc1-az3")),
    ],
)
def test_zones_are_called_as_aws_calls_them(region: str, zones: tuple[str, ...]) -> None:
    assert zone_ids(region) == zones


@given(st.sampled_from(REGIONS), st.sampled_from(REGIONS))
def test_no_two_regions_share_a_zone(one: str, other: str) -> None:
    assert one == other or not set(zone_ids(one)) & set(zone_ids(other))
    assert len(zone_ids(one)) >= 2
