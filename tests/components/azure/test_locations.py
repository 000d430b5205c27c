import pytest
from pydantic import TypeAdapter, ValidationError

from components.azure.locations import Location, zones

LOCATION: TypeAdapter[str] = TypeAdapter(Location)


@pytest.mark.parametrize(("location", "count"), [("northeurope", 3), ("eastus2", 3), ("westus", 0), ("ukwest", 0)])
def test_a_location_has_three_zones_or_none(location: str, count: int) -> None:
    assert len(zones(LOCATION.validate_python(location))) == count


@pytest.mark.parametrize(("wrong", "near"), [("North Europe", ""), ("notheurope", "northeurope"), ("eu-west-1", "")])
def test_what_is_no_location_is_refused_with_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(ValidationError, match=f"is no location of Azure. .*{near}"):
        LOCATION.validate_python(wrong)
