"""Where the resources of one environment go in Azure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi
import pulumi_azure_native as azure
from pulumi_azure_native import resources

from components.component import Component


class Place(NamedTuple):
    """A resource group of a subscription, for what `owner` owns, and the provider that works there."""

    name: str
    owner: Component
    provider: azure.Provider
    subscription: str
    location: str
    group: pulumi.Output[str]
    tags: Mapping[str, str]

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a resource of this place."""
        return self.owner.child(provider=self.provider, **options)


def place(owner: Component, name: str, *, subscription: str, location: str, tags: Mapping[str, str]) -> Place:
    """A new resource group called `name`, and the provider of its subscription."""
    provider = azure.Provider(f"{owner.name}-azure", subscription_id=subscription, opts=owner.child())
    group = resources.ResourceGroup(
        name, resource_group_name=name, location=location, tags=tags, opts=owner.child(provider=provider)
    )
    return Place(name, owner, provider, subscription, location, group.name, tags)
