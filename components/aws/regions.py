"""Where EKS runs: the regions of AWS's standard partition, and their availability zones."""

import re
from typing import Annotated

from pydantic import AfterValidator

from components.errors import nearest

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"),
    *("eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("af-south-1", "il-central-1", "me-central-1", "me-south-1", "ap-east-1", "ap-east-2", "ap-south-1", "ap-south-2"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"),
    *("ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
)

_ZONES = {
    "us-east-1": (1, 2, 4, 5, 6),
    "us-west-1": (1, 3),
    "us-west-2": (1, 2, 3, 4),
    "ca-central-1": (1, 2, 4),
    "ap-northeast-1": (1, 2, 4),
    "ap-northeast-2": (1, 2, 3, 4),
}
"""Where they are not 1 to 3: EKS leaves some zones out, others take no new accounts.

https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""


def _known(region: str) -> str:
    if region not in REGIONS:
        raise ValueError(f"is no region of AWS. {nearest(region, REGIONS)}")
    return region


Region = Annotated[str, AfterValidator(_known)]
"""Such as eu-west-1."""


def zone_ids(region: str) -> tuple[str, ...]:
    """Its zones that take EKS, such as euw1-az1: an id is the same place in every account, a name (eu-west-1a) is not.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
    """
    area, direction, number = region.split("-")
    initials = "".join(word[0] for word in re.findall("north|south|east|west|central", direction))
    return tuple(f"{area}{initials}{number}-az{zone}" for zone in _ZONES.get(region, (1, 2, 3)))
