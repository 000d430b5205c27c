"""Kubernetes objects and cloud resources, read without surprise: any Mapping or Sequence will do, and nothing is ever
missing loudly.

Rules read objects through these helpers and never test for `dict` or `list`, because the engine of a policy pack
hands over read-only views that raise when a value is touched which is not known before the update.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

Object = Mapping[str, Any]
"""A manifest with camelCase keys, as `kubectl get -o yaml` shows it; or a cloud resource: its `type` as Pulumi says it
('aws:eks/cluster:Cluster'), its `name`, and its inputs in camelCase as `properties`; or a part of either."""

Path = tuple[str | int, ...]
"""The keys and indices that lead to a place in an object."""

Identity = tuple[str, str, str]
"""Kind with its API group, namespace ('' at cluster scope) and name."""

TEMPLATES: dict[str, Path] = {
    "Pod": (),
    "ReplicationController": ("spec", "template"),
    "apps/DaemonSet": ("spec", "template"),
    "apps/Deployment": ("spec", "template"),
    "apps/ReplicaSet": ("spec", "template"),
    "apps/StatefulSet": ("spec", "template"),
    "batch/CronJob": ("spec", "jobTemplate", "spec", "template"),
    "batch/Job": ("spec", "template"),
}
"""Where each kind of workload keeps what its pods are made from."""

RUN_FOR_EVER = frozenset(TEMPLATES) - {"Pod", "batch/CronJob", "batch/Job"}
"""The kinds whose pods are replaced when they end."""


_MAPPINGS, _LISTS, _TEXTS, _SCALARS = (dict, Mapping), (list, Sequence), (str, bytes), (str, int, float, type(None))
"""Python's own types first: to ask an abstract one takes six times as long."""


def get(node: Any, *path: str | int) -> Any:
    """The value at `path`, or None where there is none."""
    for key in path:
        if isinstance(node, _MAPPINGS):
            node = node.get(key)
        elif is_list(node) and isinstance(key, int) and key < len(node):
            node = node[key]
        else:
            return None
    return node


def has(node: Any, *path: str) -> bool:
    """Whether there is something at `path`, without reading it: it may not be known before the update."""
    *above, key = path
    return key in tuple(mapping(node, *above))


def is_list(node: Any) -> bool:
    """Whether `node` is a sequence other than text."""
    return isinstance(node, _LISTS) and not isinstance(node, _TEXTS)


def mapping(node: Any, *path: str | int) -> Object:
    """The mapping at `path`, or an empty one."""
    found = get(node, *path)
    return found if isinstance(found, _MAPPINGS) else {}


def entries(node: Any, *path: str | int) -> Sequence[Any]:
    """The list at `path`, or an empty one."""
    found = get(node, *path)
    return found if is_list(found) else ()


def number(node: Any, *path: str | int) -> float | None:
    """The number at `path`, or None; the engine hands integers over as floats."""
    found = get(node, *path)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def is_resource(item: Object) -> bool:
    """Whether it is a cloud resource; all others are Kubernetes objects."""
    return "properties" in item


def is_custom(item: Object) -> bool:
    """Whether an operator makes something of it; of Argo CD's Applications, their charts are judged instead."""
    group, _, _ = kind(item).rpartition("/")
    return "." in group and not group.endswith((".k8s.io", "argoproj.io", "helm.sh")) and not is_resource(item)


def kind(item: Object) -> str:
    """Kind with its API group but without a version: 'Service', 'apps/Deployment'; a cloud resource's type."""
    if is_resource(item):
        return short_kind(item)
    group, _, _ = str(item.get("apiVersion", "")).rpartition("/")
    return f"{group}/{item.get('kind', '')}".lstrip("/")


def short_kind(item: Object) -> str:
    """Kind without its API group: 'Deployment'; a cloud resource's type."""
    return str(item.get("type" if is_resource(item) else "kind", ""))


def namespace(item: Object) -> str:
    """The namespace that an object says it lives in; '' at cluster scope."""
    return str(get(item, "metadata", "namespace") or "")


def name(item: Object) -> str:
    """The object's name, or the prefix that its name is made from."""
    metadata = item if is_resource(item) else mapping(item, "metadata")
    return str(metadata.get("name") or metadata.get("generateName") or "")


def identity(item: Object) -> Identity:
    """What tells an object from all others of a cluster."""
    return kind(item), namespace(item), name(item)


def called(item: Object) -> str:
    """What people call an object: 'Deployment models/iris', 'Namespace models', 'aws:eks/cluster:Cluster eks'."""
    return spelt(short_kind(item), namespace(item), name(item))


def spelt(kind: str, namespace: str, name: str) -> str:
    """`called`, of an object's short kind, namespace and name."""
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def nodes(node: Any, path: Path = ()) -> Iterator[tuple[Path, Object]]:
    """Every mapping that is or is within `node`, with its path."""
    if isinstance(node, _MAPPINGS):
        yield path, node
    items = node.items() if isinstance(node, _MAPPINGS) else enumerate(node) if is_list(node) else ()
    for key, inner in items:
        if not isinstance(inner, _SCALARS):
            yield from nodes(inner, (*path, key))


def show(path: Path) -> str:
    """A path as one writes it: `spec.containers[0].env`, `metadata.labels['slipway/owner']`."""
    return "".join(map(_step, path)).lstrip(".")


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if key.replace("_", "").replace("-", "").isalnum() else f"[{key!r}]"


@dataclass(frozen=True)
class Pod:
    """What the pods of one workload are made from; `path` leads from the workload to it."""

    workload: Object
    path: Path
    template: Object

    @property
    def spec(self) -> Object:
        """The PodSpec."""
        return mapping(self.template, "spec")

    @property
    def labels(self) -> Object:
        """The labels that selectors match."""
        return mapping(self.template, "metadata", "labels")

    @property
    def containers(self) -> Iterator[tuple[Path, Object]]:
        """Every container with its path, those that only initialise included."""
        return chain(self._listed("initContainers"), self.main_containers)

    @property
    def main_containers(self) -> Iterator[tuple[Path, Object]]:
        """The containers that run as long as the pod, with their paths."""
        return self._listed("containers")

    @property
    def volumes(self) -> Iterator[tuple[Path, Object]]:
        """Every volume with its path."""
        return self._listed("volumes")

    def _listed(self, key: str) -> Iterator[tuple[Path, Object]]:
        for index, item in enumerate(entries(self.spec, key)):
            if isinstance(item, _MAPPINGS):
                yield (*self.path, "spec", key, index), item


def pod(item: Object) -> Pod | None:
    """What the pods of a workload are made from; None for anything that makes no pods."""
    path = TEMPLATES.get(kind(item))
    return None if path is None else Pod(item, path, mapping(item, *path))
