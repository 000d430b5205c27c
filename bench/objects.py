"""The workload's objects on a cluster and in files, comparable."""

import json
from pathlib import Path
from typing import Any

from bench.measure import BenchError, Ran, process
from bench.workload import Unawaited, stacks
from components import render
from components.context import Context
from components.environment import Environment
from sandbox.toolchain import binary

KINDS = "configmaps,deployments,networkpolicies,serviceaccounts,services"
ASSIGNED = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")


def write(count: int, folder: Path) -> None:
    """Render the workload of the engine and of kubectl into `folder`."""
    render.write(Environment(stacks=stacks(count, Unawaited)).units(Context()), folder)


def apply(kubeconfig: Path, folder: Path) -> Ran:
    """Apply the files below `folder` with kubectl."""
    how = ("--server-side", "--force-conflicts", "--field-manager=slipway", "--validate=strict", "--recursive")
    return process(binary("kubectl"), "--kubeconfig", kubeconfig, "apply", *how, "--filename", folder)


def found(kubeconfig: Path) -> list[dict[str, Any]]:
    """What the cluster has of the workload, by kind and name, without what each cluster assigns itself."""
    command = ("--kubeconfig", kubeconfig, "get", KINDS, "--namespace", Context().models.name, "--output", "json")
    return [_plain(each) for each in json.loads(process(binary("kubectl"), *command).printed)["items"]]


def must_equal(ours: list[dict[str, Any]], other: list[dict[str, Any]], who: str) -> None:
    """Raises BenchError with the first object that differs: else the comparison says nothing."""
    if len(ours) != len(other) or not ours:
        raise BenchError(f"the library makes {len(ours)} objects, {who} {len(other)}. Mend bench/programs")
    for left, right in zip(ours, other, strict=True):
        if left != right:
            message = f"the library's {left['kind']} {left['metadata']['name']} is not the one of {who}"
            raise BenchError(f"{message}. Mend bench/programs.\n{json.dumps(left)}\n{json.dumps(right)}")


def _plain(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest["metadata"].items() if key not in ASSIGNED}
    spec = {key: value for key, value in manifest.get("spec", {}).items() if not key.startswith("clusterIP")}
    rest = {key: value for key, value in manifest.items() if key not in ("metadata", "spec", "status")}
    return {**rest, "metadata": metadata, "spec": spec}
