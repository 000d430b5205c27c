"""What is installed together: charts, then plain Kubernetes objects."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from components.location.store import Grant
from components.values import DnsLabel, PinnedImage, Value

KubernetesObject = dict[str, Any]
"""A manifest, spelled as `kubectl get -o yaml` spells it."""

PodSecurity = Literal["restricted", "baseline", "privileged"]
"""A level of the Kubernetes Pod Security Standards."""

MANAGED_BY = {"app.kubernetes.io/managed-by": "slipway"}


SYNC_WAVE = "argocd.argoproj.io/sync-wave"
"""The annotation by which Argo CD applies an object once all of lower waves are healthy; 0 where it is not said."""


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


class ChartImage(Value):
    """An image that a chart runs, and how its values name it where it comes from somewhere else.

    `paths`: a dotted path into the values to a text with {image}, {repository}, {parent} (of the repository), {tag},
    {registry} (the host) or {path} (the repository without it).
    """

    image: PinnedImage
    paths: dict[str, str]


class Chart(Value):
    """A pinned Helm chart of an HTTP repository or an OCI registry (oci://HOST/PATH, without the chart's name).

    `values` says only what departs from its defaults; `images` lists all that it runs.
    """

    name: str
    repository: str
    version: str
    release: DnsLabel
    values: dict[str, Any] = {}
    images: tuple[ChartImage, ...] = ()
    accepts: KubernetesObject | None = None
    """As `accepts` of a unit, where the unit's next chart has objects that this one's webhook looks at."""
    piecewise: bool = False
    """Its objects are applied one by one, and its hooks left out: for definitions that exceed what Helm can keep of a
    release in a Secret, 1 MiB."""


class GeneratedSecret(Value):
    """A Secret of the unit's namespace whose values nobody knows: `keys` are of that many hexadecimal digits.

    Made once, and kept until the unit goes; never written into rendered files.
    """

    name: DnsLabel
    keys: dict[str, int]


class Unit(Value):
    """One namespace's worth of work; `after` names the units that it waits for."""

    name: DnsLabel
    namespace: Namespace
    after: tuple[DnsLabel, ...] = ()
    charts: tuple[Chart, ...] = ()
    objects: tuple[KubernetesObject, ...] = Field(default=(), repr=False)
    accepts: KubernetesObject | None = None
    """A small object that the API server takes, as a dry run, once what the charts install is really ready: its
    definition is established and its webhook answers. What follows waits for that."""
    secrets: tuple[GeneratedSecret, ...] = ()
    grants: tuple[Grant, ...] = ()
    """What its service accounts read by their identity; only who provisions the cluster can let them."""

    @model_validator(mode="after")
    def _each_object_once(self) -> Self:
        for name, times in Counter(map(identity, self.objects)).items():
            if times > 1:
                raise ValueError(f"unit {self.name!r} has {name!r} {times} times. Rename one")
        return self

    @model_validator(mode="after")
    def _grants_are_to_its_own(self) -> Self:
        accounts = {each["metadata"]["name"] for each in self.objects if each["kind"] == "ServiceAccount"}
        if strange := sorted({grant.account for grant in self.grants} - accounts):
            fact = f"unit {self.name!r} lets {', '.join(strange)} read stores, which is no service account of it"
            raise ValueError(f"{fact}. Name one of its ServiceAccounts, or add it to its objects")
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


def held_back(manifest: KubernetesObject) -> KubernetesObject:
    """The same, to be changed once the other objects of its unit are ready, whoever carries that out."""
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), SYNC_WAVE: "1"}}}


def is_held_back(manifest: KubernetesObject) -> bool:
    """Whether it waits for the others of its unit."""
    return int(manifest["metadata"].get("annotations", {}).get(SYNC_WAVE, "0")) > 0


def is_custom(manifest: KubernetesObject) -> bool:
    """Whether it is a custom resource: an operator may have to see it go, so it must not go with its namespace."""
    group = manifest["apiVersion"].rpartition("/")[0]
    return "." in group and (not group.endswith(".k8s.io") or group.startswith("gateway."))
