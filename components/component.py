"""The base that every component shares: one type token, one way to own children."""

from typing import Any

import pulumi


class Component(pulumi.ComponentResource):
    """A named group of resources that publishes what callers may depend on."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"slipway:index:{type(self).__name__}", name, {}, opts)
        self.name = name

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a resource that this component owns; the caller's own options stay with the component."""
        return pulumi.ResourceOptions(parent=self, **options)
