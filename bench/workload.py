"""What every benchmark serves: many stacks of the iris model, each with its own file settings and names."""

from typing import Any

from components.context import Context
from components.model import Model
from components.runtimes.mlserver import MLServer
from components.unit import KubernetesObject
from model_stacks.iris import IRIS

OWNER = "bench"


class Unawaited(MLServer):
    """Pods never start on an API server without controllers, so the engine is told not to wait for them."""

    def objects(self, context: Context) -> list[KubernetesObject]:
        return [_unawaited(manifest) for manifest in super().objects(context)]


def stacks(count: int, kind: type[MLServer] = MLServer, **choices: Any) -> tuple[MLServer, ...]:
    """Stacks `model-0000` and up; each reads its model file anew, as stacks in modules of their own do."""
    return tuple(_stack(f"model-{number:04}", kind, choices) for number in range(count))


def _stack(name: str, kind: type[MLServer], choices: dict[str, Any]) -> MLServer:
    model = Model.model_validate(IRIS.model_dump())
    return kind(name=name, owner=OWNER, models={name: model}, **choices)


def _unawaited(manifest: KubernetesObject) -> KubernetesObject:
    metadata = {**manifest["metadata"], "annotations": {"pulumi.com/skipAwait": "true"}}
    return {**manifest, "metadata": metadata}
