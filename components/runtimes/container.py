"""Container: any image with a port and a way to ask whether it is ready. The escape hatch."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from components.beside import Beside
from components.checked import Checked
from components.context import Context
from components.errors import Mistake, YamlPath
from components.location.artefact import Files
from components.model import Model
from components.model_server import ModelServer
from components.model_stack import Endpoint
from components.pods.patches import Patches, loosening, patched
from components.pods.probe import PortName, Probe
from components.pods.security import Security
from components.pods.server import Port, Server, Source, VariableName
from components.pods.volume import Volume
from components.unit import KubernetesObject
from components.values import DnsLabel, Labels, PinnedImage

FilePath = Annotated[str, StringConstraints(pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*$")]


class Container(Checked, ModelServer):
    """One container, with what every model server gets; whatever departs from that is said."""

    image: PinnedImage
    command: tuple[str, ...] = ()
    """In place of the image's entry point."""
    args: tuple[str, ...] = ()
    env: dict[VariableName, str] = {}
    env_from: dict[VariableName, Source] = {}
    """Variables whose values are kept elsewhere."""
    ports: Annotated[dict[PortName, Port], Field(min_length=1)]
    """Name to number; the Service leads its port 80 to `http`, and others to themselves."""
    metrics_port: PortName | None = None
    metrics_path: str = "/metrics"
    ready: Probe
    """Asked while it starts, too, and for ever, unless `startup` and `live` are said."""
    startup: Probe | None = None
    live: Probe | None = None
    texts: dict[FilePath, str] = {}
    """Files below /mnt/models: path to content."""
    models: dict[DnsLabel, Model] = {}
    """What its pods get below /mnt/models."""
    volumes: dict[DnsLabel, Volume] = {}
    security: Security = Security()
    """What it may beyond every model server, with the reason."""
    own_labels: Labels = {}
    """The labels of its objects, and what selects its pods, in place of ours."""
    request_path: Annotated[str, StringConstraints(pattern="^/")] = "/"
    """Where its port `http` takes a request."""
    sample: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    patches: Patches = {}
    """What its objects say past these fields."""
    beside: Beside = ()
    """Objects that go with it, as they are."""

    @classmethod
    def _served_here(cls, models: dict[str, Model]) -> dict[str, Model]:
        """Whatever its image understands."""
        return models

    def _refusals(self) -> Iterator[Mistake]:
        for number in {number for number in self.ports.values() if [*self.ports.values()].count(number) > 1}:
            yield Mistake(("ports",), f"port {number} has two names. Keep one")
        for path, port in self._ports_named():
            if port not in self.ports:
                yield Mistake(path, f"there is no port {port!r}. Name one of {', '.join(map(repr, self.ports))}")
        if any(model.sample or model.answer for model in self.models.values()):
            fact = "are asked by nobody but its own server"
            yield Mistake(("models",), f"{fact}. Say sample and answer of the stack itself")
        if self.own_labels and self.traffic:
            yield Mistake(("own_labels",), "select the pods of a candidate as well. Leave them out, or traffic")
        if loosening(self.patches) and not self.security.reason:
            yield Mistake(("patches",), "may loosen what keeps its pods apart. Say why: security: {reason: ...}")

    def _ports_named(self) -> Iterator[tuple[YamlPath, str]]:
        if self.metrics_port:
            yield ("metrics_port",), self.metrics_port
        for name, probe in (("ready", self.ready), ("startup", self.startup), ("live", self.live)):
            if probe and not probe.command:
                yield (name, "port"), probe.port

    @property
    def selector(self) -> dict[str, str]:
        return self.own_labels or super().selector

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.own_labels) or super().labels

    def server(self) -> Server:
        return Server(
            image=self.image,
            command=self.command,
            args=self.args,
            env=self.env,
            env_from=self.env_from,
            ports=self.ports,
            metrics_port=self.metrics_port or "none",
            metrics_path=self.metrics_path,
            startup=self.startup or self.ready,
            ready=self.ready,
            live=self.live or self.ready,
            volumes=self.volumes,
            security=self.security,
        )

    def files(self) -> Files:
        return dict(self.texts)

    def served(self) -> Mapping[str, Model]:
        return self.models

    def objects(self, context: Context) -> list[KubernetesObject]:
        return [*patched(super().objects(context), self.patches), *self._beside(context)]

    def _beside(self, context: Context) -> list[KubernetesObject]:
        namespace = {"namespace": context.models.name}
        return [{**each, "metadata": {**namespace, **each["metadata"]}} for each in self.beside]

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        if "http" not in self.ports:
            return ()
        url = f"{self.url(context)}{self.request_path}"
        return (Endpoint(model=self.name, url=url, sample=self.sample, answer=self.answer),)

    def url(self, context: Context) -> str:
        doors = (*patched(self._entrance(context).objects(context), self.patches), *self._beside(context))
        found = next((each for each in doors if each["kind"] == "Service"), None)
        if not found:
            return super().url(context)
        metadata, (first, *_) = found["metadata"], found["spec"]["ports"]
        port = "" if first["port"] == 80 else f":{first['port']}"
        return f"http://{metadata['name']}.{metadata['namespace']}.svc{port}"
