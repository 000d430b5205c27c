"""Azure's locations, and which of them have availability zones.

Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from typing import Annotated

from pydantic import AfterValidator

from components.errors import nearest

_WITH_ZONES = """
    australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia
    eastus eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest
    koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral
    southafricanorth southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth
    westeurope westus2 westus3
"""
_WITHOUT = """
    australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth
    jioindiacentral jioindiawest koreasouth northcentralus norwaywest southafricawest southindia switzerlandwest
    uaecentral ukwest westcentralus westindia westus
"""
_ZONAL = frozenset(_WITH_ZONES.split())
_KNOWN = _ZONAL | frozenset(_WITHOUT.split())


def zones(location: str) -> tuple[str, ...]:
    """The availability zones of a location; none where it has none."""
    return ("1", "2", "3") if location in _ZONAL else ()


def _known(location: str) -> str:
    if location not in _KNOWN:
        raise ValueError(f"is no location of Azure. {nearest(location, _KNOWN)}")
    return location


Location = Annotated[str, AfterValidator(_known)]
"""A location's programmatic name, such as "northeurope"."""
