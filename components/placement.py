"""On which machines a model's pods may run."""

from typing import Any

from components.context import Traits
from components.values import GPU_RESOURCE, Resources


def placed(resources: Resources, traits: Traits) -> dict[str, Any]:
    """The fields of a PodSpec that lead pods with `resources` to the right machines."""
    if not resources.gpus:
        return {}
    runtime = {"runtimeClassName": traits.gpu_runtime_class} if traits.gpu_runtime_class else {}
    return {**runtime, "tolerations": [{"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}]}
