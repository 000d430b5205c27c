"""The project that a cluster lives in: how it is reached, and the APIs that it must offer."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pulumi
import pulumi_gcp as gcp

from components.component import Component

APIS = ("cloudkms", "compute", "container", "file", "iam")


class Home(NamedTuple):
    """`child` gives the options of a resource that the cluster owns there; `labels` go onto everything."""

    name: str
    project: str
    number: pulumi.Output[str]
    region: str
    labels: dict[str, str]
    child: Callable[..., pulumi.ResourceOptions]


def home(owner: Component, project: str, region: str) -> Home:
    """Enables the APIs; what is made with `child` waits for them."""
    name, labels = owner.name, {"managed-by": "slipway", "environment": owner.name}
    provider = gcp.Provider(name, project=project, region=region, default_labels=labels, opts=owner.child())
    child = partial(owner.child, provider=provider)
    apis = [_api(f"{name}-{api}", f"{api}.googleapis.com", child()) for api in APIS]
    found = gcp.organizations.get_project_output(project, pulumi.InvokeOptions(parent=owner, provider=provider))
    return Home(name, project, found.number, region, labels, partial(child, depends_on=apis))


def _api(name: str, service: str, opts: pulumi.ResourceOptions) -> gcp.projects.Service:
    """Stays enabled when the cluster goes: others of the project may use it."""
    return gcp.projects.Service(name, gcp.projects.ServiceArgs(service=service, disable_on_destroy=False), opts)
