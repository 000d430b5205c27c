"""The pods of a model server: one container that keeps the restricted standard of pod security."""

from typing import Any

from components.context import Collector, Traits
from components.model_files import Loaded
from components.pods import DRAIN, RESTRICTED
from components.server import Server
from components.values import Resources

PROBE_SECONDS = 2


def traced(server: Server, traces: Collector | None) -> Server:
    """The server, told where spans are collected."""
    found = {name: text.format(address=traces.address) for name, text in server.traces_env.items()} if traces else {}
    return server.model_copy(update={"env": {**server.env, **found}})


def scraping(server: Server) -> dict[str, str]:
    """The annotations by which Prometheus finds the server's metrics."""
    if "metrics" not in server.ports:
        return {}
    path, port = server.metrics_path, str(server.ports["metrics"])
    return {"prometheus.io/scrape": "true", "prometheus.io/path": path, "prometheus.io/port": port}


def pod(account: str, container: dict[str, Any], loaded: Loaded, traits: Traits) -> dict[str, Any]:
    """A PodSpec without what places it."""
    own = {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000}
    security = {
        "runAsNonRoot": True,
        **({} if traits.assigns_user_ids else own),
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": security,
        **({"initContainers": list(loaded.init_containers)} if loaded.init_containers else {}),
        "containers": [container],
        "volumes": [*loaded.volumes, {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}}],
    }


def container(
    server: Server, resources: Resources, startup_seconds: int, credentials: str | None, loaded: Loaded
) -> dict[str, Any]:
    """The server's container; the keys of Secret `credentials` are its variables."""
    alive = {"httpGet": {"path": server.live_path, "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "name": "server",
        "image": server.image,
        "command": list(server.command),
        "env": [{"name": name, "value": value} for name, value in server.env.items()],
        **({"envFrom": [{"secretRef": {"name": credentials}}]} if credentials else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in server.ports.items()],
        "resources": resources.requirements(),
        "startupProbe": {**_asked(server.startup_path), "failureThreshold": startup_seconds // PROBE_SECONDS},
        "readinessProbe": _asked(server.ready_path),
        "livenessProbe": alive,
        "lifecycle": DRAIN,
        "securityContext": RESTRICTED,
        "volumeMounts": [*loaded.mounts, {"name": "scratch", "mountPath": "/tmp"}],
    }


def _asked(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}, "periodSeconds": PROBE_SECONDS}
