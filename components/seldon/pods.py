"""The pods of a graph's own nodes and models, as strict as their servers let them be."""

from collections.abc import Iterable
from typing import Any

from components.context import Traits
from components.location import artefact
from components.location.artefact import Files
from components.pods.placement import Placement
from components.pods.probe import Probe, probes
from components.pods.restricted import RESTRICTED, WRITING, of_pod
from components.pods.volume import SCRATCH
from components.seldon.graph import Graph
from components.seldon.node import FOLDER, Node
from components.unit import KubernetesObject
from components.values import Resources

USER = 8888
"""Whom Seldon Core runs its own containers as."""


def files(nodes: Iterable[Graph]) -> Files:
    """What the nodes read: path below FOLDER to content."""
    return {
        f"{each.name}/{path}": content for each in nodes if each.node for path, content in each.node.all_files().items()
    }


def config_map(name: str, nodes: Iterable[Graph]) -> KubernetesObject | None:
    """Brings the nodes' files, if there are any."""
    found = files(nodes)
    return artefact.config_map(name, found) if found else None


def spec(
    nodes: tuple[Graph, ...], config: KubernetesObject | None, account: str | None, transport: str, traits: Traits
) -> dict[str, Any]:
    """A PodSpec of one container for each of `nodes`; `config` brings their files."""
    identity = {"serviceAccountName": account, "automountServiceAccountToken": False} if account else {}
    code = [artefact.volume("nodes", config, files(nodes))] if config and files(nodes) else []
    return {
        **identity,
        "enableServiceLinks": False,
        "securityContext": of_pod(None if traits.assigns_user_ids else USER),
        "containers": [_container(each, transport) for each in nodes],
        "volumes": [*code, SCRATCH.manifest("scratch")],
        **Placement().fields(Resources(gpus=sum(each.resources.gpus for each in nodes)), traits),
    }


def _container(node: Graph, transport: str) -> dict[str, Any]:
    """Seldon adds what it knows itself: a model's image, its place, the ports, and their numbers as variables."""
    disk = node.model.disk if node.model else None
    found = {"name": node.name, "resources": node.resources.requirements(disk)}
    if not node.node:
        return {**found, "securityContext": WRITING}
    return {**found, **_process(node.node, transport), "workingDir": f"{FOLDER}/{node.name}"}


def _process(node: Node, transport: str) -> dict[str, Any]:
    # The server of gRPC is a process of its own, with a state of its own.
    env = {"HOME": "/tmp", **({} if transport == "grpc" else {"GRPC_WORKERS": "0"}), **node.env}
    up, ready = Probe(path="/health/ping"), Probe(path="/health/status")
    return {
        "image": node.image,
        "command": ["seldon-core-microservice", node.interface],
        "env": [{"name": name, "value": value} for name, value in env.items()],
        **probes(up, ready, up, {}, node.startup_seconds),
        "securityContext": RESTRICTED,
        "volumeMounts": [
            {"name": "nodes", "mountPath": FOLDER, "readOnly": True},
            SCRATCH.mount("scratch"),
        ],
    }
