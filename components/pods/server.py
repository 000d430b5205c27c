"""The process of a model server, as its runtime describes it."""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from components.pods.probe import PortName, Probe
from components.pods.security import Security
from components.pods.volume import Volume
from components.values import DnsLabel, PinnedImage, Value, Whole

Port = Annotated[Whole, Field(ge=1, le=65535)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")]


class Source(Value):
    """Where a variable's value is kept: under `key` of a Secret or ConfigMap, or in a `field` of the pod, such as
    metadata.name."""

    secret: DnsLabel | None = None
    config_map: DnsLabel | None = None
    key: str | None = None
    field: str | None = None

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        places = sum(map(bool, (self.secret, self.config_map, self.field)))
        if places != 1 or bool(self.key) == bool(self.field):
            raise ValueError("is a key of a secret or of a config_map, or a field of the pod. Say one of them")
        return self

    def manifest(self) -> dict[str, Any]:
        """As `valueFrom` of a container's variable."""
        if self.field:
            return {"fieldRef": {"fieldPath": self.field}}
        kind, name = ("secretKeyRef", self.secret) if self.secret else ("configMapKeyRef", self.config_map)
        return {kind: {"name": name, "key": self.key}}


class Server(Value):
    """How a runtime's process is started and asked about."""

    image: PinnedImage
    command: tuple[str, ...] = ()
    """In place of the image's own entry point."""
    args: tuple[str, ...] = ()
    env: dict[VariableName, str] = {}
    env_from: dict[VariableName, Source] = {}
    """Variables whose values are kept elsewhere."""
    traces_env: dict[str, str] = {}
    """Added where spans are collected, {address} being where: what makes it send them."""
    traces_args: tuple[str, ...] = ()
    """Likewise, of its arguments."""
    ports: dict[PortName, Port]
    """Name to number; the Service leads its port 80 to `http`, and others to themselves."""
    metrics_port: PortName = "metrics"
    """Which of the ports is scraped, at `metrics_path`; none where there is none of this name."""
    metrics_path: str = "/metrics"
    startup: Probe
    """Succeeds once the models are loaded."""
    ready: Probe
    """Succeeds as long as every model is loaded."""
    live: Probe
    volumes: dict[DnsLabel, Volume] = {}
    """Beside its models; `scratch`, 256 MiB at /tmp, is there without being said."""
    security: Security = Security()

    @property
    def traces(self) -> bool:
        """Whether it can send spans."""
        return bool(self.traces_env or self.traces_args)

    def scraped(self) -> tuple[int, ...]:
        """Where Prometheus asks in plain text, being no part of the mesh: never where models are called."""
        return (self.ports["metrics"],) if self.metrics_port == "metrics" and "metrics" in self.ports else ()
