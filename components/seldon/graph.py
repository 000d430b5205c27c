"""A typed inference graph: a tree of nodes, the request coming in at its root.

https://github.com/SeldonIO/seldon-core/blob/v1.17.1/executor/predictor/predictor_process.go is how it is walked.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from components import formats
from components.checked import Checked
from components.errors import Mistake
from components.model import Model
from components.seldon import rules
from components.seldon.node import Node
from components.seldon.servers import FORMATS
from components.spelled import Spelled
from components.values import Resources, Whole

NodeType = Literal["MODEL", "TRANSFORMER", "OUTPUT_TRANSFORMER", "ROUTER", "COMBINER", "UNKNOWN_TYPE"]
Method = Literal["TRANSFORM_INPUT", "TRANSFORM_OUTPUT", "ROUTE", "AGGREGATE", "SEND_FEEDBACK"]
ParameterType = Literal["INT", "FLOAT", "DOUBLE", "STRING", "BOOL"]
NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$")]
"""A container's name of at most 48 characters: Seldon puts `seldon-app-svc-` before it, and a label's key takes 63."""


class Parameter(Spelled):
    """A setting of a node: its class's argument, or its server's."""

    name: str
    value: str
    type: ParameterType


def parameters(**settings: bool | int | float | str) -> tuple[Parameter, ...]:
    """Settings by name, each of its Python value's type."""
    types: dict[type, ParameterType] = {bool: "BOOL", int: "INT", float: "FLOAT", str: "STRING"}
    found = settings.items()
    return tuple(Parameter(name=name, value=str(value), type=types[type(value)]) for name, value in found)


class Logger(Spelled):
    """Sends copies of what a node gets or answers, as CloudEvents: personal data may be among it."""

    mode: Literal["all", "request", "response"]
    url: str | None = None
    """None takes the operator's default, http://default-broker."""


class Address(Spelled):
    """Where a node listens; Seldon fills it in."""

    service_host: str | None = Field(default=None, serialization_alias="service_host")
    service_port: Whole | None = Field(default=None, serialization_alias="service_port")
    type: Literal["REST", "GRPC"] | None = None
    http_port: int | None = None
    grpc_port: int | None = None


class Graph(Checked, Spelled):
    """A node and what follows it.

    A node is served by one of: `model`, which Seldon's servers load; `node`, our own Python; `implementation` with
    `model_uri`, as Seldon spells a model; or a container of its name in the predictor's components.
    """

    ours = {"model", "node", "resources", "children"}

    name: NodeName
    type: NodeType | None = None
    model: Model | None = None
    node: Node | None = None
    resources: Resources = Resources()
    """Of the container that is made for `model` or `node`."""
    implementation: str | None = None
    methods: tuple[Method, ...] = ()
    """What is called of it beside what its type says."""
    parameters: tuple[Parameter, ...] = ()
    model_uri: str | None = None
    service_account_name: str | None = None
    env_secret_ref_name: str | None = None
    storage_initializer_image: str | None = None
    endpoint: Address | None = None
    logger: Logger | None = None
    children: tuple["Graph", ...] = ()

    def _refusals(self) -> Iterator[Mistake]:
        yield from (Mistake((), f"node {self.name!r} {each}") for each in rules.refusals(self))
        yield from formats.refusals({"model": self.model}, "seldon", FORMATS) if self.model else ()

    def walk(self) -> Iterator["Graph"]:
        """Every node, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def server(self) -> str | None:
        """The server of Seldon's that loads its model."""
        return rules.server(self)

    def manifest(self, **identity: str | None) -> dict[str, Any]:
        """As the definition spells it; `identity` is what fetches each `model` that says nothing else."""
        fetched = {"implementation": self.server, "model_uri": self.model.uri} if self.model else {}
        given = {key: value for key, value in identity.items() if self.model and getattr(self, key) is None}
        found = super(Graph, self.model_copy(update=fetched | given)).manifest()
        children = [child.manifest(**identity) for child in self.children]
        return {**found, "children": children} if children else found
