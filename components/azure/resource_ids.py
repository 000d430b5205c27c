"""Names of things in Azure Resource Manager."""

import re
from typing import Annotated

from pydantic import AfterValidator

_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_GROUP = rf"/subscriptions/{_UUID}/resourceGroups/[^/]+/providers/"
_SUBNET = rf"{_GROUP}Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+"
_REGISTRY = rf"{_GROUP}Microsoft\.ContainerRegistry/registries/[^/]+"


def _shaped(pattern: str, example: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"must have the shape {example}")
        return text

    return AfterValidator(check)


Uuid = Annotated[str, _shaped(_UUID, "00000000-0000-0000-0000-000000000000")]
"""How Azure and Entra name subscriptions, groups and roles."""
ResourceGroup = Annotated[str, _shaped(r"[\w().-]{0,89}[\w()-]", "my-group, at most 90 characters, no '.' at the end")]
"""A resource group's name."""
SubnetId = Annotated[
    str,
    _shaped(
        _SUBNET, "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/NAME/subnets/NAME"
    ),
]
"""The resource id of a subnet."""
RegistryId = Annotated[
    str,
    _shaped(_REGISTRY, "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ContainerRegistry/registries/NAME"),
]
"""The resource id of a container registry."""


def container(subscription: str, group: str, account: str, name: str) -> str:
    """The resource id of a blob container."""
    store = f"{group}/providers/Microsoft.Storage/storageAccounts/{account}"
    return f"/subscriptions/{subscription}/resourceGroups/{store}/blobServices/default/containers/{name}"


def role(subscription: str, definition: str) -> str:
    """The resource id of a role, by its definition's UUID."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{definition}"
