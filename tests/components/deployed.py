"""What a Pulumi program asks the engine for, without an engine."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pulumi
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from pulumi.runtime import mocks

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""Pulumi's marks of a special value, and of a secret among these."""

KUBECONFIG = "apiVersion: v1\nkind: Config\n"


class Resource(NamedTuple):
    """One registration, as the engine gets it; `request` is its protobuf message."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    request: Any

    @property
    def parent(self) -> str:
        """The name of its parent, after the parent's type."""
        qualified, name = self.request.parent.split("::")[2:]
        return f"{qualified.rpartition('$')[2]}::{name}"


class Deployed(NamedTuple):
    """Every resource in the order of registration, and the outputs of components by URN."""

    resources: list[Resource]
    outputs: dict[str, dict[str, Any]]

    def of(self, type: str) -> list[Resource]:
        """The resources of a type, or whose type begins with `type` where that ends in ':'."""
        return [
            each for each in self.resources if each.type == type or (type[-1] == ":" and each.type.startswith(type))
        ]

    def one(self, type: str) -> Resource:
        """The only resource of that type."""
        (only,) = self.of(type)
        return only

    def named(self, name: str, type: str = "") -> Resource:
        """The only resource of that name whose type begins with `type`."""
        (only,) = (each for each in self.resources if each.name == name and each.type.startswith(type))
        return only


Known = Mapping[str, Mapping[str, Any]]
"""The token of a resource's type to what its provider would add to its inputs, or of a function to its answer."""


class _Mocks(pulumi.runtime.Mocks):
    def __init__(self, known: Known) -> None:
        self.known = {"command:local:Command": {"stdout": KUBECONFIG}, **known}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return f"{args.name}-id", {**args.inputs, **self.known.get(args.typ, {})}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        return dict(self.known.get(args.token, {})), []


class _Monitor(mocks.MockMonitor):
    def __init__(self, given: pulumi.runtime.Mocks) -> None:
        super().__init__(given)
        self.deployed = Deployed([], {})

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        inputs = MessageToDict(request.object)
        self.deployed.resources.append(Resource(response.urn, request.type, request.name, inputs, request))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.deployed.outputs[request.urn] = MessageToDict(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def deploy(program: Callable[[], Any], stack: str = "dev", known: Known | None = None) -> Deployed:
    """What `program` deploys as stack `stack` of project `slipway`, where providers say what is `known`."""
    given = _Mocks(known or {})
    monitor = _Monitor(given)
    pulumi.runtime.set_mocks(given, project="slipway", stack=stack, preview=False, monitor=monitor)
    pulumi.runtime.test(lambda: (program(), None)[1])()  # type: ignore[no-untyped-call]
    return monitor.deployed


def revealed(secret: Any) -> Any:
    """What is inside a secret; an AssertionError where it is none."""
    assert isinstance(secret, dict), "not a secret"
    assert secret.get(SIGNATURE) == SECRET, "not a secret"
    return secret["value"]
