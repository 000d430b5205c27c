"""On which machines a model's pods run, and what an update may take of them."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from components.context import Traits
from components.errors import Mistake, nearest
from components.node_pool import Machines, Taint
from components.objects import spread
from components.values import GPU_RESOURCE, DnsLabel, LabelKey, Labels, LabelValue, Resources, Value

ZONE = "topology.kubernetes.io/zone"
SPOT_TAINTS = ("cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority")
"""Of spot machines: by custom on GKE, always on AKS; those of EKS have none.

https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms,
https://learn.microsoft.com/azure/aks/spot-node-pool
"""


class Toleration(Value):
    """Lets pods onto machines with this taint, whatever its value where none is said."""

    key: LabelKey
    value: LabelValue | None = None
    effect: Literal["NoSchedule", "NoExecute"] | None = None

    def covers(self, taint: Taint) -> bool:
        """Whether pods with it may run where `taint` is."""
        effect, value = self.effect in (None, taint.effect), self.value in (None, taint.value)
        return self.key == taint.key and value and effect

    def spelled(self) -> dict[str, str]:
        """As a pod spells it."""
        value = {"operator": "Exists"} if self.value is None else {"operator": "Equal", "value": self.value}
        return {"key": self.key, **value, **({"effect": self.effect} if self.effect else {})}


class Placement(Value):
    """Where pods may run beyond what their resources ask for."""

    pool: DnsLabel | None = None
    """A node pool of this cluster, by its name."""
    gpu: DnsLabel | None = None
    """The product of the GPUs, as a node pool names it, such as nvidia-l4."""
    node_labels: Labels = {}
    spot: bool = False
    """Also on machines that the cloud takes back at short notice."""
    tolerations: tuple[Toleration, ...] = ()
    priority_class: DnsLabel | None = None
    """Who goes first when machines run out; the class must exist."""
    spare_gpus: bool = False
    """Whether GPUs are free for one replica more, so that an update starts the new one before the old one goes."""

    def fields(self, resources: Resources, traits: Traits) -> dict[str, Any]:
        """The fields of a PodSpec that lead pods with `resources` to the right machines."""
        nodes = {**self.node_labels, **self._own_labels()}
        tolerations = [each.spelled() for each in self._tolerated(resources)]
        runtime = traits.gpu_runtime_class if resources.gpus else None
        found = {
            "runtimeClassName": runtime,
            "nodeSelector": nodes,
            "tolerations": tolerations,
            "priorityClassName": self.priority_class,
        }
        return {key: value for key, value in found.items() if value}

    def mistakes(self, resources: Resources, pools: Mapping[str, Machines]) -> Iterator[Mistake]:
        """Why no machine of `pools`, which are all that the cluster has, would take pods with `resources`."""
        chosen = {name: each for name, each in pools.items() if self.pool in (None, name)}
        products = {each.gpu.type for each in chosen.values() if each.gpu}
        if self.pool and not chosen:
            cure = nearest(self.pool, pools) if pools else "Leave it out"
            yield Mistake(("pool",), f"this cluster has no node pool {self.pool!r}. {cure}")
        elif self.gpu and self.gpu not in products:
            cure = nearest(self.gpu, products) if products else "Leave it out, or add a node pool of them"
            yield Mistake(("gpu",), f"no node pool that it may use has {self.gpu}. {cure}")
        elif self.pool:
            yield from self._kept_off(resources, pools[self.pool])

    def _kept_off(self, resources: Resources, machines: Machines) -> Iterator[Mistake]:
        if resources.gpus > machines.gpus:
            fact = f"its machines have {machines.gpus} GPUs each, and {resources.gpus} are asked for"
            yield Mistake(("pool",), f"{fact}. Choose another pool, or fewer GPUs")
        for taint in (each for each in machines.taints if each.effect != "PreferNoSchedule"):
            if not any(each.covers(taint) for each in self._tolerated(resources)):
                cure = "Add it to tolerations, or choose another pool"
                yield Mistake(("pool",), f"its machines have the taint {taint.key}. {cure}")

    def strategy(self, resources: Resources) -> dict[str, Any]:
        """How a Deployment brings in a new version: never fewer replicas, save where its GPUs must first be freed."""
        surge = 0 if resources.gpus and not self.spare_gpus else 1
        return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": 1 - surge}}

    def _own_labels(self) -> dict[str, str]:
        named = {"slipway/pool": self.pool, "slipway/gpu": self.gpu}
        return {label: name for label, name in named.items() if name}

    def _tolerated(self, resources: Resources) -> tuple[Toleration, ...]:
        return (*_of_gpus(resources), *self._of_spot(), *self.tolerations)

    def _of_spot(self) -> tuple[Toleration, ...]:
        return tuple(Toleration(key=key, effect="NoSchedule") for key in SPOT_TAINTS) if self.spot else ()


def apart(selector: dict[str, str]) -> dict[str, Any]:
    """The field of a PodSpec that puts the pods of `selector` into different zones and onto different machines."""
    machines = spread(selector)
    return {"topologySpreadConstraints": [machines, {**machines, "topologyKey": ZONE}]}


def _of_gpus(resources: Resources) -> tuple[Toleration, ...]:
    return (Toleration(key=GPU_RESOURCE, effect="NoSchedule"),) if resources.gpus else ()
