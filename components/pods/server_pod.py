"""The pods of a model server: one container that keeps the restricted standard of pod security."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.context import Collector, Traits
from components.location.model_files import Loaded
from components.pods.probe import probes
from components.pods.restricted import DRAIN
from components.pods.server import Server
from components.pods.volume import SCRATCH, Volume
from components.values import Resources


def with_variables(server: Server, env: Mapping[str, str]) -> Server:
    """The server, with those of `env` of which it says nothing itself."""
    unsaid = {name: value for name, value in env.items() if name not in server.env_from}
    return server.model_copy(update={"env": {**unsaid, **server.env}})


def traced(server: Server, traces: Collector | None) -> Server:
    """The server, told where spans are collected."""
    if not traces:
        return server
    env = {name: text.format(address=traces.address) for name, text in server.traces_env.items()}
    args = (text.format(address=traces.address) for text in server.traces_args)
    return server.model_copy(update={"env": {**server.env, **env}, "args": (*server.args, *args)})


def annotations(server: Server) -> dict[str, str]:
    """By which Prometheus finds the server's metrics, and a reviewer what its pods may."""
    reasons = server.security.annotations()
    if server.metrics_port not in server.ports:
        return reasons
    path, port = server.metrics_path, str(server.ports[server.metrics_port])
    return {"prometheus.io/scrape": "true", "prometheus.io/path": path, "prometheus.io/port": port, **reasons}


def pod(account: str, server: Server, container: dict[str, Any], loaded: Loaded, traits: Traits) -> dict[str, Any]:
    """A PodSpec without what places it."""
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": server.security.cluster_token,
        "enableServiceLinks": False,
        "securityContext": server.security.of_pod(traits.assigns_user_ids),
        **({"initContainers": list(loaded.init_containers)} if loaded.init_containers else {}),
        "containers": [container],
        "volumes": [*loaded.volumes, *(each.manifest(name) for name, each in _volumes(server).items())],
    }


def container(
    server: Server, resources: Resources, startup_seconds: int, credentials: str | None, loaded: Loaded
) -> dict[str, Any]:
    """The server's container; the keys of Secret `credentials` are its variables."""
    return {
        "name": "server",
        "image": server.image,
        **({"command": list(server.command)} if server.command else {}),
        **({"args": list(server.args)} if server.args else {}),
        **({"env": list(_variables(server))} if server.env or server.env_from else {}),
        **({"envFrom": [{"secretRef": {"name": credentials}}]} if credentials else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in server.ports.items()],
        "resources": resources.requirements(),
        **probes(server.startup, server.ready, server.live, server.ports, startup_seconds),
        "lifecycle": DRAIN,
        "securityContext": server.security.of_container(),
        "volumeMounts": [*loaded.mounts, *(each.mount(name) for name, each in _volumes(server).items())],
    }


def _volumes(server: Server) -> dict[str, Volume]:
    return {"scratch": SCRATCH, **server.volumes}


def _variables(server: Server) -> Iterator[dict[str, Any]]:
    yield from ({"name": name, "value": value} for name, value in server.env.items())
    yield from ({"name": name, "valueFrom": source.manifest()} for name, source in server.env_from.items())
