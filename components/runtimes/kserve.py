"""KServe: a model behind an InferenceService, without Knative (its Standard mode)."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import model_validator

from components import protocols
from components.addon import Addon
from components.addons.keda import Keda
from components.addons.kserve import API
from components.addons.kserve import KServe as Operator
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Context
from components.errors import Mistake, YamlPath
from components.kserve import access, ignored, manifest, servers
from components.kserve.ignored import LONGEST, MODE, STANDARD
from components.kserve.manifest import Place
from components.kserve.predictor import Canary, ExplainerSpec, Predictor, RuntimeSpec, Spec, TransformerSpec
from components.location import model_files, sources
from components.location.store import StoreUrl
from components.model import Model
from components.model_stack import Endpoint, ModelStack
from components.network_policy import Rules, to_collector
from components.unit import KubernetesObject
from components.values import within

SECRET = "serving.kserve.io/secretName"
PATHS = {"v1": protocols.V1, "v2": protocols.V2}


class KServe(ModelStack):
    """One InferenceService: a predictor, and what stands before and beside it."""

    formats = servers.FORMATS

    predictor: Predictor
    transformer: TransformerSpec | None = None
    """Changes requests and answers, as KServe spells it."""
    explainer: ExplainerSpec | None = None
    """Says why the predictor answers as it does, as KServe spells it."""
    canary: tuple[Canary, ...] = ()
    serving_runtime: RuntimeSpec | None = None
    """A server that the add-on does not bring: a ServingRuntime of the stack's name."""
    annotations: dict[str, str] = {}
    """What the operator and its pods are told."""
    object_labels: dict[str, str] = {}
    hardened: bool = True
    """Its pods get what every model's do: an account without a token, a NetworkPolicy, mutual TLS, an owner's labels
    and spans. False emits KServe's resources alone."""
    sample: dict[str, Any] | None = None
    """A request of its protocol; None takes that of the model."""
    answer: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _heeded(self) -> Self:
        if found := list(self._refusals()):
            raise ValueError("; ".join(found))
        return self

    def _refusals(self) -> Iterator[str]:
        for name, spec in self._components():
            yield from ignored.refusals(name, spec, self._scaler)
        if self._scaler not in ignored.SCALERS:
            yield f"annotation {ignored.SCALER} is {self._scaler!r}. Say one of {', '.join(ignored.SCALERS)}"
        if (mode := self.annotations.get(MODE, STANDARD[0])) not in STANDARD:
            yield f"annotation {MODE} {mode}: Slipway installs no Knative. Say {STANDARD[0]}, or leave it out"
        if len(longest := max((each for each, _ in self._deployments()), key=len)) > LONGEST:
            yield f"Service {longest} has {len(longest)} characters; KServe's labels leave it {LONGEST}. Shorten names"
        if self.credentials and SECRET in self.annotations:
            yield f"credentials and the annotation {SECRET} exclude each other. Keep credentials"
        if self.serving_runtime is not None and self.name not in (each.server for _, each in self._deployments()):
            yield f"serving_runtime: nothing runs in it. Say runtime: {self.name} of a predictor, or leave it out"
        yield from self._canaries()

    def _canaries(self) -> Iterator[str]:
        if not self.canary:
            return
        names = [self.predictor.spec.get("name", ""), *(each.name for each in self.canary)]
        if len({*names}) < len(names):
            yield f"canary: predictors {', '.join(filter(None, names))} are not called apart. Rename one"
        if (total := sum(each.percent for each in self.canary)) > 100:
            yield f"canary: {total} % together. Make it 100 at most"
        if self.transformer:
            yield "canary: its transformer always calls the stable predictor. Leave one of them out"
        if self.annotations.get(MODE, STANDARD[0]) != STANDARD[0]:
            yield f"canary: KServe's webhook asks for the annotation {MODE} {STANDARD[0]}. Leave the annotation out"

    @property
    def _scaler(self) -> str:
        return self.annotations.get(ignored.SCALER, ignored.SCALERS[0])

    def _components(self) -> Iterator[tuple[str, Spec]]:
        others = (("transformer", self.transformer), ("explainer", self.explainer))
        yield "predictor", self.predictor.spec
        yield from ((name, spec) for name, spec in others if spec is not None)

    def _deployments(self) -> Iterator[tuple[str, Predictor]]:
        """The name of the Service of each version, and the version."""
        own = self.predictor.spec.get("name")
        yield "-".join(filter(None, (self.name, own, "predictor"))), self.predictor
        yield from ((f"{self.name}-{each.name}-predictor", each.predictor) for each in self.canary)

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """Nothing, where it emits no account."""
        return super().by_identity(context) if self.hardened else ()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        by_cpu = self._scaler == "hpa" and any(spec.get("maxReplicas", 0) > 1 for _, spec in self._components())
        gpus = any(each.resources.gpus for _, each in self._deployments())
        needed: dict[type[Addon], bool] = {
            Operator: True,
            MetricsServer: by_cpu and not context.traits.metrics_api,
            Keda: self._scaler == "keda",
            NvidiaDevicePlugin: gpus and not context.traits.gpu_devices,
        }
        return tuple(addon for addon, missing in needed.items() if missing)

    def claims(self, context: Context) -> tuple[str, ...]:
        return (*super().claims(context), f"InferenceService {self.name}")

    def served(self) -> Mapping[str, Model]:
        return {name: each.model for name, each in self._named() if each.model}

    def _named(self) -> Iterator[tuple[str, Predictor]]:
        yield self.name, self.predictor
        yield from ((f"{self.name}.{each.name}", each.predictor) for each in self.canary)

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        yield from super().mistakes(context)
        yield from sources.refusals(self._said_uris(), context.conventions.sources)
        if not context.conventions.kserve_routes:
            if self.canary:
                fact = "only a gateway shares requests between versions"
                yield Mistake(("canary",), f"{fact}. Say kserve's `gateway`, or leave it out")
            yield from (each.below("predictor") for each in ignored.timeouts({"spec": self.predictor.spec}))
            yield from ignored.timeouts({"transformer": self.transformer or {}, "explainer": self.explainer or {}})

    def _said_uris(self) -> dict[YamlPath, str]:
        found = within(self, Predictor)
        return {(*path, *place): uri for path, each in found for place, uri in each.uris.items()}

    def objects(self, context: Context) -> list[KubernetesObject]:
        runtime = self._resource(context, "v1alpha1", "ServingRuntime", self.serving_runtime)
        return [
            *(self._access(context) if self.hardened else []),
            *([runtime] if self.serving_runtime is not None else []),
            self._resource(context, "v1beta1", "InferenceService", self._spec(context), self._told()),
        ]

    def _resource(
        self, context: Context, version: str, kind: str, spec: Spec | None, annotations: dict[str, str] | None = None
    ) -> KubernetesObject:
        own = {"labels": {**self.labels, **self.object_labels}, **({"annotations": annotations} if annotations else {})}
        metadata = {**self.metadata(context), **own}
        return {"apiVersion": f"{API}/{version}", "kind": kind, "metadata": metadata, "spec": spec}

    def _told(self) -> dict[str, str]:
        mode = {MODE: STANDARD[0]} if self.hardened or self.canary else {}
        secret = {SECRET: self.credentials} if self.credentials else {}
        known = model_files.registered(self.served()) if self.hardened else {}
        return {**mode, **secret, **known, **self.annotations}

    def _spec(self, context: Context) -> Spec:
        place = Place(self.name, context, self.hardened, self.joined(context))
        return {
            "predictor": manifest.predictor(self.predictor, place),
            **({"transformer": manifest.component(self.transformer, place)} if self.transformer is not None else {}),
            **({"explainer": manifest.component(self.explainer, place)} if self.explainer is not None else {}),
            **({"canary": [manifest.canary(each, place) for each in self.canary]} if self.canary else {}),
        }

    def _access(self, context: Context) -> list[KubernetesObject]:
        known = (servers.METRICS.get(str(each.server), servers.HTTP) for _, each in self._deployments())
        scraped = tuple(sorted({*known} - {servers.HTTP}))
        own = access.opened([*(spec for _, spec in self._components()), self.serving_runtime or {}])
        ports = tuple(sorted({servers.HTTP, access.GRPC, access.AGENT, *own} - {*scraped}))
        meshed = bool(context.conventions.mesh)
        return access.objects(self.metadata(context), access.SERVICE, ports, self._calls(context), meshed, scraped)

    def _calls(self, context: Context) -> Rules:
        uris = (*self.uris.values(), *self._said_uris().values(), *self.reads)
        among = [{"to": [{"podSelector": {"matchLabels": {access.SERVICE: self.name}}}]}]
        logs = any("logger" in spec for _, spec in self._components())
        traces = context.conventions.traces
        return [
            *(among if self.transformer is not None or self.explainer is not None else []),
            *(self.to_stores(context) if any(map(access.comes_by_network, uris)) else []),
            *([{"to": [{"namespaceSelector": {}}]}] if logs else []),
            *(to_collector(traces) if traces else []),
        ]

    def url(self, context: Context) -> str:
        """Where the cluster calls it: its transformer where it has one, else its stable predictor."""
        service, _ = next(self._deployments())
        first = f"{self.name}-transformer" if self.transformer is not None else service
        return f"http://{first}.{context.models.name}.svc"

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        path = PATHS[self.predictor.spoken].format(name=self.name)
        model = self.predictor.model
        sample = self.sample or (model.sample if model else None)
        answer = self.answer or (model.answer if model else None)
        return (Endpoint(model=self.name, url=f"{self.url(context)}/{path}", sample=sample, answer=answer),)

    def summary(self) -> tuple[str, ...]:
        parts = (name for name, _ in self._components())
        shares = (f"{each.name}: {each.percent} %" for each in self.canary)
        return (*super().summary(), *parts, *shares)
