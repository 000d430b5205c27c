"""Where Google Cloud has machines: https://cloud.google.com/compute/docs/regions-zones."""

from typing import Annotated

from pydantic import AfterValidator

from components.errors import nearest

_REGIONS = """
    africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2
    asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2
    europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4 europe-west6
    europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1 northamerica-northeast1
    northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4
    us-east5 us-south1 us-west1 us-west2 us-west3 us-west4
"""
_ZONES = {
    **dict.fromkeys(_REGIONS.split(), "abc"),
    **{"europe-west1": "bcd", "us-central1": "abcf", "us-east1": "bcd"},
}
_SPREAD = 3
"""How many zones GKE chooses in a region."""


def _known(location: str) -> str:
    of = location.rpartition("-")[0]
    choices = zones(of) if of in _ZONES else tuple(_ZONES)
    if location not in (*choices, *_ZONES):
        raise ValueError(f"is no region or zone of Google Cloud. {nearest(location, choices)}")
    return location


Location = Annotated[str, AfterValidator(_known)]
"""A region, such as "europe-west4", or one of its zones, such as "europe-west4-a"."""


def zones(region: str) -> tuple[str, ...]:
    """The zones of a region."""
    return tuple(f"{region}-{letter}" for letter in _ZONES[region])


def is_zone(location: str) -> bool:
    """Whether it is one zone and not a whole region."""
    return location not in _ZONES


def region(location: str) -> str:
    """The region of a zone, or the region itself."""
    return location.rpartition("-")[0] if is_zone(location) else location


def spread(location: str, chosen: tuple[str, ...]) -> int:
    """In how many zones a cluster's machines stand."""
    return 1 if is_zone(location) else len(chosen) or _SPREAD


def check_zones(location: str, chosen: tuple[str, ...]) -> None:
    """Raises ValueError where a cluster of that location cannot have machines in the chosen zones."""
    if chosen and is_zone(location):
        raise ValueError(f"location {location} is one zone. Remove zones, or make location {region(location)}")
    for zone in chosen:
        if zone not in zones(location):
            raise ValueError(f"zone {zone!r} is not in {location}. {nearest(zone, zones(location))}")
