"""What is installed together: charts, then plain Kubernetes objects."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from components.model_store import Grant
from components.values import DnsLabel, Value

KubernetesObject = dict[str, Any]
"""A manifest, spelled as `kubectl get -o yaml` spells it."""

PodSecurity = Literal["restricted", "baseline", "privileged"]
"""A level of the Kubernetes Pod Security Standards."""

MANAGED_BY = {"app.kubernetes.io/managed-by": "slipway"}


class Namespace(Value):
    """Where a unit lives, and how strict its pods' security is."""

    name: DnsLabel
    pod_security: PodSecurity = "restricted"

    def manifest(self) -> KubernetesObject:
        """The Namespace object, its pod security level enforced and warned about."""
        levels = {f"pod-security.kubernetes.io/{mode}": self.pod_security for mode in ("enforce", "warn")}
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": self.name, "labels": {**MANAGED_BY, **levels}},
        }


class Chart(Value):
    """A pinned Helm chart; `values` says only what departs from its defaults."""

    name: str
    repository: str
    version: str
    release: DnsLabel
    values: dict[str, Any] = {}


class Unit(Value):
    """One namespace's worth of work; `after` names the units that it waits for."""

    name: DnsLabel
    namespace: Namespace
    after: tuple[DnsLabel, ...] = ()
    charts: tuple[Chart, ...] = ()
    objects: tuple[KubernetesObject, ...] = Field(default=(), repr=False)
    grants: tuple[Grant, ...] = ()
    """What its service accounts read by their identity; only who provisions the cluster can let them."""

    @model_validator(mode="after")
    def _each_object_once(self) -> Self:
        for name, times in Counter(map(identity, self.objects)).items():
            if times > 1:
                raise ValueError(f"unit {self.name!r} has {name!r} {times} times. Rename one")
        return self


def waves(units: Iterable[Unit]) -> Iterator[tuple[int, Unit]]:
    """Each unit with the wave in which it is installed: 1, or one more than the latest that it waits for."""
    found: dict[str, int] = {}
    for unit in units:
        found[unit.name] = 1 + max((found[name] for name in unit.after), default=0)
        yield found[unit.name], unit


def identity(manifest: KubernetesObject) -> str:
    """Kind, namespace and name, joined by ".", which the first two never hold: a legal file name everywhere.

    Unique among objects of the same API group.
    """
    metadata = manifest["metadata"]
    parts = (manifest["kind"].lower(), metadata.get("namespace"), metadata["name"].replace(":", "_"))
    return ".".join(filter(None, parts))
