"""One version of a model server on a cluster: its Deployment, and what belongs to it."""

from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, model_validator

from components import access
from components.addon import Addon
from components.addons.istio import Istio
from components.addons.keda import Keda
from components.addons.metrics_server import MetricsServer
from components.addons.monitoring import PROMETHEUS, Monitoring
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.autoscaler import autoscaler, disruption_budget
from components.context import Context
from components.errors import Mistake
from components.location import artefact, model_files
from components.location.model_files import Loaded
from components.location.s3 import s3_used, s3_variables
from components.location.volumes import SharedVolume
from components.mistakes import refused
from components.model_stack import ModelStack
from components.network_policy import Rules, to_collector
from components.pods import server_pod
from components.pods.placement import Placement, apart
from components.pods.server import Server
from components.scaling import MOST_REPLICAS, Autoscaling
from components.unit import KubernetesObject
from components.values import DnsLabel, Resources, Whole

SETTLE_SECONDS = 5
"""How long a new pod must stay ready before an old one goes: some servers answer 200 and then end, a model unloaded."""


class ServerVersion(ModelStack):
    """What runs one version of a model server, whoever is led to it."""

    replicas: Whole = Field(default=1, ge=1, le=MOST_REPLICAS)
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()
    startup_seconds: Whole = Field(default=300, ge=10, le=3600)
    """How long a replica may load before it counts as failed, once its models are in its pod."""
    shared_volumes: dict[DnsLabel, SharedVolume] = {}
    """Claims that are made for it, by their names: models are read from them as pvc://NAME/PATH."""
    placement: Placement = Placement()

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
            told = "the stack has no GPUs. Say resources.gpus, or another measure"
            raise refused([Mistake(("autoscaling", "gpu_percent"), told)])
        return self

    @model_validator(mode="after")
    def _fits_in_a_config_map(self) -> Self:
        total = artefact.size(model_files.small_files(self.files(), self.served()))
        if total > (limit := artefact.CONFIG_MAP_LIMIT):
            raise ValueError(f"its files are {total:,} bytes, a ConfigMap holds {limit:,}. Give large models by uri")
        return self

    def server(self) -> Server:
        """The process of this runtime."""
        raise NotImplementedError

    def files(self) -> artefact.Files:
        """What the server reads below /mnt/models beside its models: path to content."""
        return {}

    def unserved(self, context: Context) -> Iterator[Mistake]:
        """What keeps this version from running as it says."""
        yield from super().mistakes(context)
        for name, volume in self.shared_volumes.items():
            if not (volume.storage_class or context.traits.shared_storage_class):
                fact = "has no class, and this cluster none that many nodes mount at once"
                cure = "Name a storage_class of it, or install one (add-on 'nfs_provisioner')"
                yield Mistake(("shared_volumes", name), f"{fact}. {cure}")
        if (pools := context.traits.node_pools) is not None:
            yield from (each.below("placement") for each in self.placement.mistakes(self.resources, pools))
        if self.autoscaling and self.autoscaling.metrics and not context.traits.metrics_adapter:
            cure = "Use queries, which KEDA asks of Prometheus, or say traits.metrics_adapter: true"
            yield Mistake(("autoscaling", "metrics"), f"no adapter of this cluster serves them. {cure}")

    def needed(self, context: Context) -> tuple[type[Addon], ...]:
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

    def running(self, context: Context, opened: bool) -> list[KubernetesObject]:
        """What runs this version, whoever is led to it; `opened`: also callers from outside the cluster."""
        server = self._told(context)
        loaded = model_files.load(self.name, self.files(), self.served(), context, self.credentials)
        return [
            *(self._owned(each, context) for each in loaded.objects),
            *self._access(context, server, loaded, opened),
            *self._workload(context, server, loaded),
        ]

    def _told(self, context: Context) -> Server:
        """Its process, which learns where this environment keeps what it reads and collects its spans."""
        own = s3_variables(s3_used(context.conventions.s3_endpoint, self.reads))
        return server_pod.traced(server_pod.with_variables(self.server(), own), context.conventions.traces)

    def _owned(self, manifest: KubernetesObject, context: Context) -> KubernetesObject:
        """The object, in the models' namespace if its kind lives in one, and labelled."""
        own = self.metadata(context)
        if manifest["kind"] == "PersistentVolume":
            del own["namespace"]
        return {**manifest, "metadata": {**own, **manifest["metadata"]}}

    def _access(self, context: Context, server: Server, loaded: Loaded, opened: bool) -> list[KubernetesObject]:
        """Who its pods are, who may call them, and whom they call."""
        calls = [*self._calls(context, server), *loaded.calls]
        return access.objects(
            self.metadata(context),
            self.selector,
            server.ports,
            calls,
            meshed=bool(context.conventions.mesh),
            scraped=server.scraped(),
            public=opened,
        )

    def _calls(self, context: Context, server: Server) -> Rules:
        """Its stores, and the collector of its spans."""
        traces = context.conventions.traces if server.traces else None
        return [*(self.to_stores(context) if self.reads else []), *(to_collector(traces) if traces else [])]

    @property
    def most_replicas(self) -> int:
        return self.autoscaling.max_replicas if self.autoscaling else self.replicas

    def _workload(self, context: Context, server: Server, loaded: Loaded) -> list[KubernetesObject]:
        """The Deployment, and what changes its number of pods."""
        deployment = self._deployment(context, server, loaded)
        scaling = [autoscaler(deployment, self.autoscaling, PROMETHEUS)] if self.autoscaling else []
        budget = [disruption_budget(self.metadata(context), self.selector)] if self.most_replicas > 1 else []
        return [deployment, *scaling, *budget]

    def _deployment(self, context: Context, server: Server, loaded: Loaded) -> KubernetesObject:
        labels = {**self.labels, **self.joined(context)}
        keys = self.credentials if self.reads or not loaded.init_containers else None
        container = server_pod.container(server, self.resources, self.startup_seconds, keys, loaded)
        pod = server_pod.pod(self.name, server, container, loaded, context.traits) | self._placed(context)
        annotations = {**server_pod.annotations(server), **loaded.annotations}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self.metadata(context),
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
        spread = apart(self.selector) if self.most_replicas > 1 else {}
        return {**self.placement.fields(self.resources, context.traits), **spread}
