"""How a container is asked whether it is well."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from components.values import Value, Whole

PortName = Annotated[str, StringConstraints(pattern=r"^[a-z]([-a-z0-9]{0,13}[a-z0-9])?$")]
"""What a port is called: at most 15 lower case letters, digits and '-'."""
Seconds = Annotated[Whole, Field(ge=1)]
Times = Annotated[Whole, Field(ge=1)]
PROBE_SECONDS = 2
"""How often a server is asked whether it has started, and whether it is ready."""

_TIMINGS = {"initial_delay_seconds", "period_seconds", "timeout_seconds", "success_threshold", "failure_threshold"}


class Probe(Value):
    """By HTTP where `path` is said, by gRPC where `service` is ('': the server as a whole), by running `command`; else
    by opening a connection to `port`. Timings that are not said are those of any model server."""

    path: Annotated[str, StringConstraints(pattern="^/")] | None = None
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    service: str | None = None
    command: tuple[str, ...] = ()
    port: PortName = "http"
    initial_delay_seconds: Seconds | None = None
    period_seconds: Seconds | None = None
    timeout_seconds: Seconds | None = None
    success_threshold: Times | None = None
    failure_threshold: Times | None = None

    @model_validator(mode="after")
    def _asks_one_way(self) -> Self:
        if sum((self.path is not None, self.service is not None, bool(self.command))) > 1:
            raise ValueError("asks by path (HTTP), by service (gRPC) or by command. Keep one of them")
        if self.scheme != "HTTP" and self.path is None:
            raise ValueError("scheme is that of a path. Say path, or leave scheme out")
        return self

    def manifest(self, ports: Mapping[str, int], **timings: int) -> dict[str, Any]:
        """As a container spells it, its server having `ports`; `timings` hold where it says none itself."""
        said = self.model_dump(include=_TIMINGS, exclude_none=True)
        return {**self._action(ports), **{to_camel(name): value for name, value in {**timings, **said}.items()}}

    def _action(self, ports: Mapping[str, int]) -> dict[str, Any]:
        if self.command:
            return {"exec": {"command": list(self.command)}}
        if self.service is not None:
            return {"grpc": {"port": ports[self.port], **({"service": self.service} if self.service else {})}}
        if self.path is None:
            return {"tcpSocket": {"port": self.port}}
        scheme = {} if self.scheme == "HTTP" else {"scheme": self.scheme}
        return {"httpGet": {"path": self.path, "port": self.port, **scheme}}


def probes(startup: Probe, ready: Probe, live: Probe, ports: Mapping[str, int], startup_seconds: int) -> dict[str, Any]:
    """The probes of a container whose server has `ports` and may take `startup_seconds` to load its models."""
    every = startup.period_seconds or PROBE_SECONDS
    patient = {"period_seconds": every, "failure_threshold": max(1, startup_seconds // every)}
    return {
        "startupProbe": startup.manifest(ports, **patient),
        "readinessProbe": ready.manifest(ports, period_seconds=PROBE_SECONDS),
        "livenessProbe": live.manifest(ports, period_seconds=10, timeout_seconds=5),
    }
