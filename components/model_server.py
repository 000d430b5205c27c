"""A model stack that is one Deployment of a model server: no operator, no custom resource."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from components import artefact, mesh, model_files, server_pod
from components.addon import Addon
from components.addons.istio import Istio
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Context
from components.model import Model
from components.model_files import Loaded
from components.model_stack import ModelStack
from components.network_policy import Rules, network_policy, to_collector, to_stores
from components.objects import spread
from components.placement import placed
from components.scaling import Autoscaling, autoscaler, disruption_budget
from components.server import Server
from components.unit import KubernetesObject
from components.values import Resources

SETTLE_SECONDS = 5
"""How long a new pod must stay ready before an old one goes: some servers answer 200 and then end, a model unloaded."""


class ModelServer(ModelStack):
    """The fields that every model server shares; a runtime adds its models, `server` and `files`."""

    replicas: int = Field(default=1, ge=1)
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()
    startup_seconds: int = Field(default=300, ge=10, le=3600)
    """How long a replica may load before it counts as failed."""

    @model_validator(mode="after")
    def _one_word_on_replicas(self) -> Self:
        if self.autoscaling and "replicas" in self.model_fields_set:
            raise ValueError("replicas and autoscaling exclude each other. Keep one ('autoscaling: null' removes it)")
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

    def served(self) -> Mapping[str, Model]:
        """The models that are brought into its pods, each where Model.path says."""
        return {}

    def files(self) -> artefact.Files:
        """What the server reads below /mnt/models beside its models: path to content."""
        return {}

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        traits = context.traits
        needed: dict[type[Addon], bool] = {
            MetricsServer: self.autoscaling is not None and not traits.metrics_api,
            NvidiaDevicePlugin: self.resources.gpus > 0 and not traits.gpu_devices,
            Istio: bool(context.conventions.mesh),
        }
        return tuple(addon for addon, missing in needed.items() if missing)

    def objects(self, context: Context) -> list[KubernetesObject]:
        server = server_pod.traced(self.server(), context.conventions.traces)
        loaded = model_files.load(self.name, self.files(), self.served())
        return [
            *({**each, "metadata": {**self._metadata(context), **each["metadata"]}} for each in loaded.objects),
            *self._access(context, server, loaded),
            *self._workload(context, server, loaded),
            _service(self._metadata(context), self.selector, server),
        ]

    def summary(self) -> tuple[str, ...]:
        bounds = self.autoscaling
        count = f"{bounds.min_replicas} to {bounds.max_replicas}, by CPU" if bounds else str(self.replicas)
        return (*super().summary(), f"replicas: {count}", self.server().image)

    def _metadata(self, context: Context) -> dict[str, Any]:
        return {"name": self.name, "namespace": context.models.name, "labels": self.labels}

    def _access(self, context: Context, server: Server, loaded: Loaded) -> list[KubernetesObject]:
        """Who its pods are, who may call them, and whom they call."""
        meshed = bool(context.conventions.mesh)
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": self._metadata(context)}
        calls = [*self._calls(context, server), *loaded.calls]
        return [
            account | {"automountServiceAccountToken": False},
            network_policy(self._metadata(context), self.selector, server.ports, calls, meshed),
            *([mesh.only_mutual_tls(self._metadata(context), self.selector, server.scraped())] if meshed else []),
        ]

    def _calls(self, context: Context, server: Server) -> Rules:
        """Its stores, and the collector of its spans."""
        traces = context.conventions.traces if server.traces_env else None
        identity = context.traits.identity_endpoints if self.by_identity(context) else ()
        return [*(to_stores(identity) if self.reads else []), *(to_collector(traces) if traces else [])]

    def _workload(self, context: Context, server: Server, loaded: Loaded) -> list[KubernetesObject]:
        """The Deployment, and what changes its number of pods."""
        deployment = self._deployment(context, server, loaded)
        scaling = [autoscaler(deployment, self.autoscaling)] if self.autoscaling else []
        budget = [disruption_budget(self._metadata(context), self.selector)] if self._several else []
        return [deployment, *scaling, *budget]

    @property
    def _several(self) -> bool:
        """Whether it may have more than one replica."""
        return (self.autoscaling.max_replicas if self.autoscaling else self.replicas) > 1

    def _deployment(self, context: Context, server: Server, loaded: Loaded) -> KubernetesObject:
        identity = context.traits.identity_labels if self.by_identity(context) else {}
        labels = {**self.labels, **identity, **context.conventions.mesh}
        container = server_pod.container(server, self.resources, self.startup_seconds, self.credentials, loaded)
        pod = server_pod.pod(self.name, server, container, loaded, context.traits)
        annotations = server_pod.annotations(server)
        apart = {"topologySpreadConstraints": [spread(self.selector)]} if self._several else {}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self._metadata(context),
            "spec": {
                **({} if self.autoscaling else {"replicas": self.replicas}),
                "minReadySeconds": SETTLE_SECONDS,
                "progressDeadlineSeconds": self.startup_seconds + 60,
                "selector": {"matchLabels": self.selector},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "template": {
                    "metadata": {"labels": labels, "annotations": annotations},
                    "spec": pod | apart | placed(self.resources, context.traits),
                },
            },
        }


def _service(metadata: dict[str, Any], selector: dict[str, str], server: Server) -> KubernetesObject:
    ports = {name: 80 if name == "http" else port for name, port in server.ports.items()}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "selector": selector,
            "ports": [{"name": name, "port": port, "targetPort": name} for name, port in ports.items()],
        },
    }
