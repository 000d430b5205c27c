"""Seldon Core 1: inference graphs, canaries, shadows, bandits and explainers, as a SeldonDeployment v1."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from components import protocols
from components.addon import Addon
from components.addons.istio import NAMESPACE as GATEWAY_NAMESPACE
from components.addons.istio import Istio
from components.addons.keda import Keda
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.addons.seldon_core import API, SeldonCore
from components.context import Context
from components.errors import Mistake, YamlPath
from components.location import model_files, sources
from components.location.store import StoreUrl
from components.model import Model
from components.model_stack import Endpoint
from components.picture import Step
from components.seldon import access, agreement, drawn, manifest, servers, sharing
from components.seldon.graph import Graph
from components.seldon.predictor import Explainer, Predictor
from components.traffic.operated import Operated
from components.unit import KubernetesObject
from components.values import Host, Whole

PATHS = {"seldon": "api/v1.0/predictions", "v2": protocols.V2, "tensorflow": protocols.V1}
OPERATORS = ("app.kubernetes.io/component", "app.kubernetes.io/managed-by")
"""Labels that pods do not get: by the one, they would be scraped twice; the other is the operator's."""
GATEWAY = f"http://istio-ingressgateway.{GATEWAY_NAMESPACE}.svc"


class Seldon(Operated):
    """One deployment of one or several predictors, among which requests are shared."""

    formats = servers.FORMATS
    part = "predictors"
    instead = dict.fromkeys(("route", "expose"), f"is for runtimes of one container: {servers.DOOR}")

    predictors: tuple[Predictor, ...]
    protocol: Literal["seldon", "tensorflow", "v2", "kfserving"] | None = None
    """None is Seldon's own; kfserving is the former name of v2."""
    transport: Literal["rest", "grpc"] | None = None
    server_type: Literal["rpc", "kafka"] | None = None
    replicas: Whole | None = Field(default=None, ge=0)
    """Of what says none itself."""
    host: Host | None = None
    """The one host at which the gateway takes requests for it; None: any."""
    annotations: dict[str, str] = {}
    """What the operator, its pods and their Deployments are told."""
    spec_name: str | None = None
    """`spec.name`, which Seldon Core reads no more, and older manifests say."""
    object_labels: dict[str, str] = {}
    object_annotations: dict[str, str] = {}
    hardened: bool = True
    """Its pods get what every model's do: an account without a token, a NetworkPolicy, mutual TLS, an owner's label and
    spans. False emits the SeldonDeployment alone."""
    sample: dict[str, Any] | None = None
    """A request of its protocol; None takes that of the model at the graph's root."""
    answer: dict[str, Any] | None = None

    def _refusals(self) -> Iterator[Mistake]:
        said = agreement.Said(self.protocol, self.transport, self.server_type, self.annotations)
        yield from agreement.refusals(self.name, self.running, said)
        if self.credentials and not self.served():
            fact = "is for nodes with a model, and there is none"
            yield Mistake(("credentials",), f"{fact}. Say env_secret_ref_name of a node")
        if self.host and agreement.HOST in self.annotations:
            yield Mistake(("annotations", agreement.HOST), "says what host does as well. Keep host")

    @cached_property
    def running(self) -> tuple[Predictor, ...]:
        """Its predictors, and its candidate's. Raises ValidationError where that is none."""
        if self.traffic and self.candidate:
            return sharing.shared(self.predictors, self.candidate.predictors, self.traffic)
        return self.predictors

    @property
    def nodes(self) -> tuple[Graph, ...]:
        """Every node of every predictor."""
        return tuple(node for predictor in self.running for node in predictor.graph.walk())

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """Nothing, where it emits no account."""
        return super().by_identity(context) if self.hardened else ()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        traits = context.traits
        components = [each for predictor in self.running for each in predictor.components]
        needed: dict[type[Addon], bool] = {
            SeldonCore: True,
            MetricsServer: any(each.hpa_spec for each in components) and not traits.metrics_api,
            Keda: any(each.keda_spec for each in components),
            NvidiaDevicePlugin: any(each.resources.gpus for each in self.nodes) and not traits.gpu_devices,
            Istio: len(self.running) > 1 or bool(context.conventions.mesh),
        }
        return tuple(addon for addon, missing in needed.items() if missing)

    def served(self) -> Mapping[str, Model]:
        return {name: node.model for name, node in self._named() if node.model}

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        yield from super().mistakes(context)
        yield from sources.refusals(self._said_uris(), context.conventions.sources)
        yield from agreement.unserved(self.running, self.annotations, self.hardened, context)

    def objects(self, context: Context) -> list[KubernetesObject]:
        known = model_files.registered(self.served()) if self.hardened else {}
        told = {**known, **self.object_annotations}
        annotations = {"annotations": told} if told else {}
        metadata = {**self.metadata(context), "labels": {**self.labels, **self.object_labels}, **annotations}
        configs = [found for each in self.running if (found := manifest.files(self.name, each))]
        deployment = {"apiVersion": API, "kind": "SeldonDeployment", "metadata": metadata, "spec": self._spec(context)}
        return [
            *({**each, "metadata": {**self.metadata(context), **each["metadata"]}} for each in configs),
            *(self._access(context) if self.hardened else []),
            deployment,
        ]

    def claims(self, context: Context) -> tuple[str, ...]:
        return (*super().claims(context), *(f"model stack {each.service(self.name)}" for each in self.running))

    def url(self, context: Context) -> str:
        """Where the cluster calls it: the gateway where that shares requests out, else its only predictor's Service."""
        if len(self.running) > 1:
            return f"{GATEWAY}/seldon/{context.models.name}/{self.name}"
        return self._service(self.running[0], context)

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        """The stack by its own name, at its first predictor; each other predictor by that of its Service."""
        path = PATHS[servers.spoken(self.protocol)]
        names = [self.name, *(f"{self.name}-{each.name}" for each in self.running[1:])]
        return tuple(
            Endpoint(
                model=name,
                url=f"{self._service(each, context)}/{path.format(name=each.graph.name)}",
                sample=self.sample or (each.graph.model.sample if each.graph.model else None),
                answer=self.answer or (each.graph.model.answer if each.graph.model else None),
            )
            for name, each in zip(names, self.running, strict=True)
        )

    def summary(self) -> tuple[str, ...]:
        roles = (f"{drawn.role(each)} {each.name}" for each in self.nodes)
        return (*super().summary(), *drawn.shares(self.running), *roles)

    def picture(self) -> Step:
        return Step("requests", then=drawn.predictors(self.running))

    def _said_uris(self) -> dict[YamlPath, str]:
        """Where models lie that are said as Seldon says them."""
        nodes = {path: node.model_uri for path, node in self.parts(Graph)}
        explainers = {path: each.model_uri for path, each in self.parts(Explainer)}
        return {(*path, "model_uri"): uri for path, uri in (nodes | explainers).items() if uri}

    def _named(self) -> Iterator[tuple[str, Graph]]:
        """Each node by a name that no other has."""
        return ((f"{each.name}.{node.name}", node) for each in self.running for node in each.graph.walk())

    def _service(self, predictor: Predictor, context: Context) -> str:
        port = access.FIRST_NODE if predictor.alone else access.HTTP
        return f"http://{predictor.service(self.name)}.{context.models.name}.svc:{port}"

    def _access(self, context: Context) -> list[KubernetesObject]:
        brokers = agreement.brokers(self.running) if self.server_type == "kafka" else ()
        calls = access.calls(self.nodes, context, self.to_stores(context), brokers)
        direct = any(each.alone or each.explainer for each in self.running)
        return access.objects(self.metadata(context), self.nodes, direct, calls, bool(context.conventions.mesh))

    def _spec(self, context: Context) -> dict[str, Any]:
        annotations = {**self.annotations, **({agreement.HOST: self.host} if self.host else {})}
        said = {
            "name": self.spec_name,
            "protocol": self.protocol,
            "transport": self.transport,
            "serverType": self.server_type,
            "replicas": self.replicas,
        }
        place = manifest.Place(
            stack=self.name,
            account=self.name if self.hardened else None,
            credentials=self.credentials,
            labels=self._pod_labels(context) if self.hardened else {},
            env=access.tracing(self.name, context.conventions.traces) if self.hardened else {},
            transport=self.transport or "rest",
            traits=context.traits,
        )
        return {
            **{key: value for key, value in said.items() if value is not None},
            **({"annotations": annotations} if annotations else {}),
            "predictors": [manifest.predictor(each, place) for each in self.running],
        }

    def _pod_labels(self, context: Context) -> dict[str, str]:
        own = {key: value for key, value in self.labels.items() if key not in OPERATORS}
        return {**own, **self.joined(context)}
