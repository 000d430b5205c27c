"""A model stack that is one Deployment of a model server: no operator, no custom resource."""

from typing import Any, Self

from pydantic import Field, model_validator

from components import artefact, mesh
from components.addon import Addon
from components.addons.istio import Istio
from components.addons.metrics_server import MetricsServer
from components.addons.nvidia_device_plugin import NvidiaDevicePlugin
from components.context import Collector, Context, Traits
from components.model_stack import ModelStack
from components.network_policy import Rules, network_policy, to_collector, to_stores
from components.pods import DRAIN, RESTRICTED
from components.scaling import MOST_REPLICAS, Autoscaling, autoscaler, disruption_budget
from components.unit import KubernetesObject
from components.values import GPU_RESOURCE, PinnedImage, Resources, Value, Whole

MODELS_FOLDER = "/mnt/models"
PROBE_SECONDS = 2
SETTLE_SECONDS = 5
"""How long a new pod must stay ready before an old one goes: some servers answer 200 and then end, a model unloaded."""


class Server(Value):
    """How a runtime's process is started and asked about. Paths are of its HTTP port."""

    image: PinnedImage
    command: tuple[str, ...]
    env: dict[str, str] = {}
    traces_env: dict[str, str] = {}
    """Added where spans are collected, {address} being where: what makes it send them."""
    ports: dict[str, int]
    """Name to number; `http` is a must, `metrics` is scraped at /metrics."""
    startup_path: str
    """Answers 200 once the models are loaded."""
    ready_path: str
    """Answers 200 as long as every model is loaded."""
    live_path: str


class ModelServer(ModelStack):
    """The fields that every model server shares; a runtime adds its models, `server` and `files`."""

    replicas: Whole = Field(default=1, ge=1, le=MOST_REPLICAS)
    autoscaling: Autoscaling | None = None
    resources: Resources = Resources()
    startup_seconds: Whole = Field(default=300, ge=10, le=3600)
    """How long a replica may load before it counts as failed."""

    @model_validator(mode="after")
    def _one_word_on_replicas(self) -> Self:
        if self.autoscaling and "replicas" in self.model_fields_set:
            raise ValueError("replicas and autoscaling exclude each other. Keep one ('autoscaling: null' removes it)")
        return self

    @model_validator(mode="after")
    def _fits_in_a_config_map(self) -> Self:
        if (total := artefact.size(self.files())) > artefact.CONFIG_MAP_LIMIT:
            limit = artefact.CONFIG_MAP_LIMIT
            raise ValueError(f"its files are {total:,} bytes, a ConfigMap holds {limit:,}. Compress or split the model")
        return self

    def server(self) -> Server:
        """The process of this runtime."""
        raise NotImplementedError

    def files(self) -> artefact.Files:
        """What the server reads below /mnt/models: its settings and the models."""
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
        def metadata() -> dict[str, Any]:
            return {"name": self.name, "namespace": context.models.name, "labels": self.labels}

        server, files = _traced(self.server(), context.conventions.traces), self.files()
        config = artefact.config_map(self.name, files)
        config["metadata"] = {**metadata(), **config["metadata"]}
        deployment = self._deployment(metadata(), server, artefact.volume("models", config, files), context)
        scaling = [autoscaler(deployment, self.autoscaling)] if self.autoscaling else []
        most = self.autoscaling.max_replicas if self.autoscaling else self.replicas
        budget = [disruption_budget(metadata(), self.selector)] if most > 1 else []
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata()}
        meshed = bool(context.conventions.mesh)
        return [
            config,
            account | {"automountServiceAccountToken": False},
            network_policy(metadata(), self.selector, server.ports, self._calls(context, server), meshed),
            *([mesh.only_mutual_tls(metadata(), self.selector, _scraped(server))] if meshed else []),
            deployment,
            _service(metadata(), self.selector, server),
            *scaling,
            *budget,
        ]

    def summary(self) -> tuple[str, ...]:
        bounds = self.autoscaling
        count = f"{bounds.min_replicas} to {bounds.max_replicas}, by CPU" if bounds else str(self.replicas)
        return (*super().summary(), f"replicas: {count}", self.server().image)

    def _calls(self, context: Context, server: Server) -> Rules:
        """Its stores, and the collector of its spans."""
        traces = context.conventions.traces if server.traces_env else None
        identity = context.traits.identity_endpoints if self.by_identity(context) else ()
        return [*(to_stores(identity) if self.reads else []), *(to_collector(traces) if traces else [])]

    def _deployment(
        self, metadata: dict[str, Any], server: Server, models: dict[str, Any], context: Context
    ) -> KubernetesObject:
        scrape = {"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics"}
        annotations = (
            {**scrape, "prometheus.io/port": str(server.ports["metrics"])} if "metrics" in server.ports else {}
        )
        identity = context.traits.identity_labels if self.by_identity(context) else {}
        labels = {**self.labels, **identity, **context.conventions.mesh}
        template = {
            "metadata": {"labels": labels, "annotations": annotations},
            "spec": self._pod(server, models, context.traits),
        }
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                **({} if self.autoscaling else {"replicas": self.replicas}),
                "minReadySeconds": SETTLE_SECONDS,
                "progressDeadlineSeconds": self.startup_seconds + 60,
                "selector": {"matchLabels": self.selector},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "template": template,
            },
        }

    def _pod(self, server: Server, models: dict[str, Any], traits: Traits) -> dict[str, Any]:
        own = {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000}
        return {
            "serviceAccountName": self.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                **({} if traits.assigns_user_ids else own),
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **(_on_gpus(traits) if self.resources.gpus else {}),
            "containers": [self._container(server)],
            "volumes": [models, {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}}],
        }

    def _container(self, server: Server) -> dict[str, Any]:
        loaded = {"httpGet": {"path": server.startup_path, "port": "http"}, "periodSeconds": PROBE_SECONDS}
        ready = {"httpGet": {"path": server.ready_path, "port": "http"}, "periodSeconds": PROBE_SECONDS}
        alive = {"httpGet": {"path": server.live_path, "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 5}
        return {
            "name": "server",
            "image": server.image,
            "command": list(server.command),
            "env": [{"name": name, "value": value} for name, value in server.env.items()],
            **({"envFrom": [{"secretRef": {"name": self.credentials}}]} if self.credentials else {}),
            "ports": [{"name": name, "containerPort": port} for name, port in server.ports.items()],
            "resources": self.resources.requirements(),
            "startupProbe": {**loaded, "failureThreshold": self.startup_seconds // PROBE_SECONDS},
            "readinessProbe": ready,
            "livenessProbe": alive,
            "lifecycle": DRAIN,
            "securityContext": RESTRICTED,
            "volumeMounts": [
                {"name": "models", "mountPath": MODELS_FOLDER, "readOnly": True},
                {"name": "scratch", "mountPath": "/tmp"},
            ],
        }


def _traced(server: Server, traces: Collector | None) -> Server:
    found = {name: text.format(address=traces.address) for name, text in server.traces_env.items()} if traces else {}
    return server.model_copy(update={"env": {**server.env, **found}})


def _on_gpus(traits: Traits) -> dict[str, Any]:
    runtime = {"runtimeClassName": traits.gpu_runtime_class} if traits.gpu_runtime_class else {}
    return {**runtime, "tolerations": [{"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}]}


def _service(metadata: dict[str, Any], selector: dict[str, str], server: Server) -> KubernetesObject:
    http = {"name": "http", "port": 80, "targetPort": "http"}
    others = [{"name": name, "port": port, "targetPort": name} for name, port in server.ports.items() if name != "http"]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"selector": selector, "ports": [http, *others]},
    }


def _scraped(server: Server) -> tuple[int, ...]:
    """Where Prometheus asks in plain text, being no part of the mesh."""
    return (server.ports["metrics"],) if "metrics" in server.ports else ()
