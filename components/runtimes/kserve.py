"""KServe: a model behind an InferenceService, without Knative (its Standard mode)."""

from collections.abc import Iterator, Mapping
from functools import cached_property
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
from components.kserve import access, ignored, manifest, servers, sharing
from components.kserve.ignored import LONGEST, MODE, STANDARD
from components.kserve.manifest import Place
from components.kserve.predictor import Canary, ExplainerSpec, Predictor, RuntimeSpec, Spec, TransformerSpec
from components.kserve.sharing import Sharing
from components.location import model_files, sources
from components.location.store import StoreUrl
from components.mistakes import refused
from components.model import Model
from components.model_stack import Endpoint
from components.network_policy import Rules
from components.picture import Step
from components.traffic.operated import Operated
from components.traffic.route import Route
from components.unit import KubernetesObject

SECRET = "serving.kserve.io/secretName"
PATHS = {"v1": protocols.V1, "v2": protocols.V2}


class KServe(Operated):
    """One InferenceService: a predictor, and what stands before and beside it."""

    formats = servers.FORMATS
    part = "predictor"
    instead = {"expose": "is for runtimes of one container: KServe makes the Services of its own. Say a route"}

    predictor: Predictor
    transformer: TransformerSpec | None = None
    """Changes requests and answers, as KServe spells it."""
    explainer: ExplainerSpec | None = None
    """Says why the predictor answers as it does, as KServe spells it."""
    canary: tuple[Canary, ...] = ()
    """Other versions, as KServe says them; the stack's `route` shares the requests."""
    route: Route | None = None
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
    def _run_together(self) -> Self:
        if found := list(self._sharing.refusals()):
            raise refused(found)
        return self

    def _refusals(self) -> Iterator[Mistake]:
        for (name, *path), spec in self._components():
            yield from (each.below(name, *path) for each in ignored.refusals(name, spec, self._scaler))
        yield from ignored.told(self.annotations, bool(self.canaries))
        if len(longest := max(self._sharing.deployments, key=len)) > LONGEST:
            fact = f"Service {longest} has {len(longest)} characters; KServe's labels leave it {LONGEST}"
            yield Mistake((), f"{fact}. Shorten names")
        if self.credentials and SECRET in self.annotations:
            yield Mistake(("annotations", SECRET), "says what credentials does as well. Keep credentials")
        if self.serving_runtime is not None and self.name not in self._sharing.servers:
            cure = f"Say runtime: {self.name} of a predictor, or leave it out"
            yield Mistake(("serving_runtime",), f"nothing runs in it. {cure}")

    @cached_property
    def canaries(self) -> tuple[Canary, ...]:
        """What runs beside its predictor. Raises ValidationError where its candidate is none."""
        if self.canary and self.traffic:
            raise refused([Mistake(("canary",), "says what traffic does as well. Keep one")])
        if self.traffic and self.candidate:
            return (sharing.candidate(self.candidate.predictor, self.traffic),)
        return self.canary

    @property
    def _sharing(self) -> Sharing:
        return Sharing(self.name, self.predictor, self.canaries, self.traffic, self.route, self.transformer is not None)

    @property
    def _scaler(self) -> str:
        return self.annotations.get(ignored.SCALER, ignored.SCALERS[0])

    def _components(self) -> Iterator[tuple[tuple[str, ...], Spec]]:
        """What KServe spells of each, by its path."""
        others = (("transformer", self.transformer), ("explainer", self.explainer))
        yield ("predictor", "spec"), self.predictor.spec
        yield from (((name,), spec) for name, spec in others if spec is not None)

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """Nothing, where it emits no account."""
        return super().by_identity(context) if self.hardened else ()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        by_cpu = self._scaler == "hpa" and any(spec.get("maxReplicas", 0) > 1 for _, spec in self._components())
        gpus = any(each.resources.gpus for each in self._sharing.deployments.values())
        needed: dict[type[Addon], bool] = {
            Operator: True,
            MetricsServer: by_cpu and not context.traits.metrics_api,
            Keda: self._scaler == "keda",
            NvidiaDevicePlugin: gpus and not context.traits.gpu_devices,
        }
        inside = (addon for addon, missing in needed.items() if missing)
        return tuple(dict.fromkeys((*inside, *self._sharing.needs(context))))

    def claims(self, context: Context) -> tuple[str, ...]:
        return (*super().claims(context), f"InferenceService {self.name}", *self._sharing.claims)

    def served(self) -> Mapping[str, Model]:
        return {name: each.model for name, (_, each) in self._sharing.versions.items() if each.model}

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        yield from super().mistakes(context)
        yield from sources.refusals(self._said_uris(), context.conventions.sources)
        yield from self._sharing.mistakes(context)
        if not context.conventions.kserve_routes:
            found = ((path, ignored.timeouts(spec)) for path, spec in self._components())
            yield from (each.below(*path) for path, several in found for each in several)

    def _said_uris(self) -> dict[YamlPath, str]:
        return {(*path, *place): uri for path, each in self.parts(Predictor) for place, uri in each.uris.items()}

    def objects(self, context: Context) -> list[KubernetesObject]:
        runtime = self._resource(context, "v1alpha1", "ServingRuntime", self.serving_runtime)
        return [
            *(self._access(context) if self.hardened else []),
            *([runtime] if self.serving_runtime is not None else []),
            self._resource(context, "v1beta1", "InferenceService", self._spec(context), self._told()),
            *self._sharing.objects(self.metadata(context), context),
        ]

    def _resource(
        self, context: Context, version: str, kind: str, spec: Spec | None, annotations: dict[str, str] | None = None
    ) -> KubernetesObject:
        own = {"labels": {**self.labels, **self.object_labels}, **({"annotations": annotations} if annotations else {})}
        metadata = {**self.metadata(context), **own}
        return {"apiVersion": f"{API}/{version}", "kind": kind, "metadata": metadata, "spec": spec}

    def _told(self) -> dict[str, str]:
        mode = {MODE: STANDARD[0]} if self.hardened or self.canaries else {}
        secret = {SECRET: self.credentials} if self.credentials else {}
        known = model_files.registered(self.served()) if self.hardened else {}
        return {**mode, **secret, **known, **self.annotations}

    def _spec(self, context: Context) -> Spec:
        place = Place(self.name, context, self.hardened, self.joined(context))
        return {
            "predictor": manifest.predictor(self.predictor, place),
            **({"transformer": manifest.component(self.transformer, place)} if self.transformer is not None else {}),
            **({"explainer": manifest.component(self.explainer, place)} if self.explainer is not None else {}),
            **({"canary": [manifest.canary(each, place) for each in self.canaries]} if self.canaries else {}),
        }

    def _access(self, context: Context) -> list[KubernetesObject]:
        known = (servers.METRICS.get(str(each), servers.HTTP) for each in self._sharing.servers)
        scraped = tuple(sorted({*known} - {servers.HTTP}))
        own = access.opened([*(spec for _, spec in self._components()), self.serving_runtime or {}])
        ports = tuple(sorted({servers.HTTP, access.GRPC, access.AGENT, *own} - {*scraped}))
        meshed = bool(context.conventions.mesh)
        return access.objects(self.metadata(context), access.SERVICE, ports, self._calls(context), meshed, scraped)

    def _calls(self, context: Context) -> Rules:
        uris = (*self.uris.values(), *self._said_uris().values(), *self.reads)
        stores = self.to_stores(context) if any(map(access.comes_by_network, uris)) else []
        parts = [spec for _, spec in self._components()]
        logs = any("logger" in spec for spec in (*parts, *(each.predictor.spec for each in self.canaries)))
        return access.calls(self.name, len(parts) > 1, stores, logs, context.conventions.traces)

    def url(self, context: Context) -> str:
        """Where the cluster calls it: its transformer where it has one, else its stable predictor."""
        return f"http://{self._sharing.versions[self.name][0]}.{context.models.name}.svc"

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        """The stack by its own name, at its stable version; each canary at its Service."""
        return tuple(
            Endpoint(
                model=name,
                url=f"http://{service}.{context.models.name}.svc/{PATHS[each.spoken].format(name=self.name)}",
                sample=self.sample or (each.model.sample if each.model else None),
                answer=self.answer or (each.model.answer if each.model else None),
            )
            for name, (service, each) in self._sharing.versions.items()
        )

    def summary(self) -> tuple[str, ...]:
        return (*super().summary(), *(path[0] for path, _ in self._components()), *self._sharing.said)

    def picture(self) -> Step:
        return self._sharing.picture(self.summary()[:2])
