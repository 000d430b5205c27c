import pytest
from pydantic import TypeAdapter, ValidationError

from components.gcp import locations


@pytest.mark.parametrize("location", ["us-central1", "us-central1-f", "europe-west1-d", "europe-west12-c"])
def test_regions_and_their_zones_are_locations(location: str) -> None:
    assert TypeAdapter(locations.Location).validate_python(location) == location


@pytest.mark.parametrize(
    ("location", "cure"),
    [
        ("us-centra1", "Did you mean 'us-central1'?"),
        ("europe-west1-a", "Did you mean 'europe-west1-"),
        ("us-centra1-a", "Did you mean 'us-central1'?"),
        ("eu-west-1", "Did you mean 'us-west1'?"),
        ("", "Known: africa-south1, "),
    ],
)
def test_another_place_is_refused_with_the_nearest(location: str, cure: str) -> None:
    with pytest.raises(ValidationError, match="is no region or zone of Google Cloud") as caught:
        TypeAdapter(locations.Location).validate_python(location)
    assert cure in str(caught.value)


@pytest.mark.parametrize(
    ("location", "region", "chosen", "spread"),
    [
        ("us-central1", "us-central1", (), 3),
        ("us-central1", "us-central1", ("us-central1-a", "us-central1-f"), 2),
        ("us-central1-f", "us-central1", (), 1),
    ],
)
def test_a_zone_belongs_to_its_region(location: str, region: str, chosen: tuple[str, ...], spread: int) -> None:
    assert locations.region(location) == region
    assert locations.spread(location, chosen) == spread
    locations.check_zones(location, chosen)
