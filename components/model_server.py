"""A model stack that is one Deployment of a model server: no operator, no custom resource."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

from pydantic import Field, model_validator

from components import artefact, mesh, model_files, replica_weights, server_pod, versions
from components.addon import Addon
from components.addons.istio import Istio
from components.addons.keda import Keda
from components.addons.metrics_server import MetricsServer
from components.addons.monitoring import PROMETHEUS, Monitoring
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.autoscaler import autoscaler, disruption_budget
from components.context import Context
from components.entrance import Entrance, service
from components.model_files import Loaded
from components.model_stack import ModelStack
from components.model_volumes import SharedVolume
from components.network_policy import Rules, network_policy, to_collector, to_stores
from components.placement import Placement, apart
from components.route import Expose, Route
from components.scaling import MOST_REPLICAS, Autoscaling
from components.server import Server
from components.traffic import Traffic
from components.unit import KubernetesObject
from components.values import DnsLabel, Resources, Whole

SETTLE_SECONDS = 5
"""How long a new pod must stay ready before an old one goes: some servers answer 200 and then end, a model unloaded."""


class ModelServer(ModelStack):
    """The fields that every model server shares; a runtime adds its models, `server` and `files`."""

    replicas: Whole = Field(default=1, ge=1, le=MOST_REPLICAS)
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()
    startup_seconds: Whole = Field(default=300, ge=10, le=3600)
    """How long a replica may load before it counts as failed, once its models are in its pod."""
    shared_volumes: dict[DnsLabel, SharedVolume] = {}
    """Claims that are made for it, by their names: models are read from them as pvc://NAME/PATH."""
    placement: Placement = Placement()
    traffic: Traffic | None = None
    """How a candidate takes its share of requests; None: a new version replaces the old one, replica by replica."""
    route: Route | None = None
    expose: Expose | None = None

    @model_validator(mode="before")
    @classmethod
    def _scaled_instead(cls, given: Any) -> Any:
        """By `replicas: null`, beside autoscaling, an environment takes back those that its stack says."""
        if isinstance(given, dict) and given.get("autoscaling") and given.get("replicas", 0) is None:
            return {key: value for key, value in given.items() if key != "replicas"}
        return given

    @model_validator(mode="after")
    def _one_word_on_replicas(self) -> Self:
        if self.autoscaling and "replicas" in self.model_fields_set:
            cure = "Keep one ('replicas: null' or 'autoscaling: null' removes the other)"
            raise ValueError(f"replicas and autoscaling exclude each other. {cure}")
        if self.autoscaling and self.autoscaling.gpu_percent and not self.resources.gpus:
            raise ValueError("autoscaling.gpu_percent: it has no GPUs. Say resources.gpus, or another measure")
        return self

    @model_validator(mode="after")
    def _fits_in_a_config_map(self) -> Self:
        total = artefact.size(model_files.small_files(self.files(), self.served()))
        if total > (limit := artefact.CONFIG_MAP_LIMIT):
            raise ValueError(f"its files are {total:,} bytes, a ConfigMap holds {limit:,}. Give large models by uri")
        return self

    @model_validator(mode="after")
    def _sound_candidate(self) -> Self:
        if self.traffic:
            assert self.candidate
        return self

    def server(self) -> Server:
        """The process of this runtime."""
        raise NotImplementedError

    def files(self) -> artefact.Files:
        """What the server reads below /mnt/models beside its models: path to content."""
        return {}

    @cached_property
    def candidate(self) -> Self | None:
        """The version that is to follow this one, as a stack of its own. Raises ValidationError where it is none."""
        return versions.candidate(self, self.traffic) if self.traffic else None

    @property
    def versions(self) -> tuple["ModelServer", ...]:
        return (self, self.candidate) if self.candidate else (self,)

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        inside = (addon for version in self.versions for addon in version._needs(context))
        return tuple(dict.fromkeys((*inside, *self._entrance(context).needs(context))))

    def claims(self, context: Context) -> tuple[str, ...]:
        return (*super().claims(context), *((f"host {self.route.place}",) if self.route else ()))

    def mistakes(self, context: Context) -> Iterator[str]:
        yield from dict.fromkeys(each for version in self.versions for each in version._unserved(context))
        yield from self._entrance(context).mistakes(context)
        yield from self._unweighable(context)

    def _unserved(self, context: Context) -> Iterator[str]:
        """What keeps this version from running as it says."""
        yield from super().mistakes(context)
        for name, volume in self.shared_volumes.items():
            if not (volume.storage_class or context.traits.shared_storage_class):
                fact = f"shared volume {name!r} has no class, and this cluster none that many nodes mount at once"
                yield f"{fact}. Name a storage_class of it, or install one (add-on 'nfs_provisioner')"
        if self.autoscaling and self.autoscaling.metrics and not context.traits.metrics_adapter:
            fact = "autoscaling.metrics: no adapter of this cluster serves them"
            yield f"{fact}. Use queries, which KEDA asks of Prometheus, or say traits.metrics_adapter: true"

    def objects(self, context: Context) -> list[KubernetesObject]:
        entrance, (stable, *others) = self._entrance(context), self._sized(context)
        opened = self.expose is not None
        found = [*self._claims(context), *stable._running(context, opened), *entrance.objects(context)]
        for each in others:
            own = service(each._metadata(context), each.selector, each.server().ports)
            found += [*each._running(context, opened), own]
        return found

    def _claims(self, context: Context) -> list[KubernetesObject]:
        """The volumes that its versions share, each once."""
        volumes = {name: volume for version in self.versions for name, volume in version.shared_volumes.items()}
        shared = context.traits.shared_storage_class
        return [self._owned(volume.manifest(name, shared), context) for name, volume in volumes.items()]

    @property
    def shares(self) -> tuple[str, ...]:
        return ("", str(self.traffic.way)) if self.traffic else super().shares

    def summary(self) -> tuple[str, ...]:
        share = (f"{self.traffic.kind}: {self.traffic.way} to its candidate",) if self.traffic else ()
        return (*super().summary(), f"replicas: {self.autoscaling or self.replicas}", *share, self.server().image)

    def _metadata(self, context: Context) -> dict[str, Any]:
        return {"name": self.name, "namespace": context.models.name, "labels": self.labels}

    def _entrance(self, context: Context) -> Entrance:
        follower = self.candidate.name if self.candidate else ""
        ports = self.server().ports
        return Entrance(self._metadata(context), self.selector, ports, follower, self.traffic, self.route, self.expose)

    def _needs(self, context: Context) -> tuple[type[Addon], ...]:
        """What the pods of this version cannot run or be counted without."""
        traits, scaling = context.traits, self.autoscaling
        by_events = scaling is not None and scaling.by_events
        needed: dict[type[Addon], bool] = {
            MetricsServer: scaling is not None and bool(scaling.used) and not traits.metrics_api,
            Keda: by_events,
            Monitoring: by_events,
            NvidiaDevicePlugin: self.resources.gpus > 0 and not traits.gpu_devices,
            Istio: bool(context.conventions.mesh),
        }
        return tuple(addon for addon, missing in needed.items() if missing)

    def _unweighable(self, context: Context) -> Iterator[str]:
        """Why numbers of replicas cannot share the requests, where nothing else does."""
        if not self.traffic or self._entrance(context).split_by(context) != "replicas":
            return
        way, cure = f"traffic.{self.traffic.kind}", self._entrance(context).cure(context)
        if any(each.autoscaling for each in self.versions):
            fact = f"{way}: without a gateway the numbers of replicas share the requests, and autoscaling changes them"
            yield f"{fact}. Say replicas, or {cure}"
        elif "replicas" in self.traffic.way.candidate:
            yield f"{way}.candidate.replicas: without a gateway they follow from the weight. Leave it out"
        else:
            for each in replica_weights.refusals(self.replicas, self.traffic.way.plan, cure):
                yield f"{way}: {each}"

    def _sized(self, context: Context) -> tuple["ModelServer", ...]:
        """Its versions, with as many replicas as their shares of the requests ask for where these are shared so."""
        if not self.traffic or not self.candidate or self._entrance(context).split_by(context) != "replicas":
            return self.versions
        some = replica_weights.candidates(self.replicas, self.traffic.way.percent)
        return (
            self.model_copy(update={"replicas": self.replicas - some}),
            self.candidate.model_copy(update={"replicas": some}),
        )

    def _running(self, context: Context, opened: bool) -> list[KubernetesObject]:
        """What runs this version, whoever is led to it; `opened`: also callers from outside the cluster."""
        server = server_pod.traced(self.server(), context.conventions.traces)
        loaded = model_files.load(self.name, self.files(), self.served(), context, self.credentials)
        return [
            *(self._owned(each, context) for each in loaded.objects),
            *self._access(context, server, loaded, opened),
            *self._workload(context, server, loaded),
        ]

    def _owned(self, manifest: KubernetesObject, context: Context) -> KubernetesObject:
        """The object, in the models' namespace if its kind lives in one, and labelled."""
        own = self._metadata(context)
        if manifest["kind"] == "PersistentVolume":
            del own["namespace"]
        return {**manifest, "metadata": {**own, **manifest["metadata"]}}

    def _access(self, context: Context, server: Server, loaded: Loaded, opened: bool) -> list[KubernetesObject]:
        """Who its pods are, who may call them, and whom they call."""
        meshed = bool(context.conventions.mesh)
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": self._metadata(context)}
        calls = [*self._calls(context, server), *loaded.calls]
        return [
            account | {"automountServiceAccountToken": False},
            network_policy(self._metadata(context), self.selector, server.ports, calls, meshed, opened),
            *([mesh.only_mutual_tls(self._metadata(context), self.selector, server.scraped())] if meshed else []),
        ]

    def _calls(self, context: Context, server: Server) -> Rules:
        """Its stores, and the collector of its spans."""
        traces = context.conventions.traces if server.traces else None
        identity = context.traits.identity_endpoints if self.by_identity(context) else ()
        return [*(to_stores(identity) if self.reads else []), *(to_collector(traces) if traces else [])]

    @property
    def _most_replicas(self) -> int:
        return self.autoscaling.max_replicas if self.autoscaling else self.replicas

    def _workload(self, context: Context, server: Server, loaded: Loaded) -> list[KubernetesObject]:
        """The Deployment, and what changes its number of pods."""
        deployment = self._deployment(context, server, loaded)
        scaling = [autoscaler(deployment, self.autoscaling, PROMETHEUS)] if self.autoscaling else []
        budget = [disruption_budget(self._metadata(context), self.selector)] if self._most_replicas > 1 else []
        return [deployment, *scaling, *budget]

    def _deployment(self, context: Context, server: Server, loaded: Loaded) -> KubernetesObject:
        identity = context.traits.identity_labels if self.by_identity(context) else {}
        labels = {**self.labels, **identity, **context.conventions.mesh}
        keys = self.credentials if self.reads or not loaded.init_containers else None
        container = server_pod.container(server, self.resources, self.startup_seconds, keys, loaded)
        pod = server_pod.pod(self.name, server, container, loaded, context.traits) | self._placed(context)
        annotations = {**server_pod.annotations(server), **loaded.annotations}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self._metadata(context),
            "spec": {
                **({} if self.autoscaling else {"replicas": self.replicas}),
                "minReadySeconds": SETTLE_SECONDS,
                "progressDeadlineSeconds": loaded.seconds + self.startup_seconds + 60,
                "selector": {"matchLabels": self.selector},
                "strategy": self.placement.strategy(self.resources),
                "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod},
            },
        }

    def _placed(self, context: Context) -> dict[str, Any]:
        spread = apart(self.selector) if self._most_replicas > 1 else {}
        return {**self.placement.fields(self.resources, context.traits), **spread}
