"""What a model stack is. A serving runtime is a subclass; a stack, an instance."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import PrivateAttr, field_validator

from components import formats
from components.addon import Addon
from components.catalog import Kind
from components.context import Context
from components.location import sources
from components.location.store import Grant, StoreUrl, store
from components.location.uri import REGISTRY, STORES, location
from components.model import Format, Model
from components.picture import Step
from components.unit import MANAGED_BY, KubernetesObject, Unit
from components.values import DnsLabel, Value


class Endpoint(Value):
    """Where one model is called, and a request that it understands.

    `url` takes a POST of JSON from within the cluster; `sample` is such a body, and `answer` what must come back, at
    least; None where the stack does not say it.
    """

    model: str
    url: str
    sample: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None


class ModelStack(Kind, Value):
    """Something that serves models: what it is called and who answers for it."""

    formats: ClassVar[Mapping[Format, str]] = {}
    """The models that a runtime serves in its field `models`, and what it calls their formats itself."""

    name: DnsLabel
    owner: DnsLabel
    cost_center: DnsLabel | None = None
    """Who pays for it; None: its owner."""
    reads: tuple[StoreUrl, ...] = ()
    """The model stores that its pods read beside its models, by the identity of their service account where the cluster
    gives one."""
    credentials: DnsLabel | None = None
    """The Secret of the models' namespace whose keys its pods get as variables, for stores without an identity."""

    _stable: str | None = PrivateAttr(default=None)

    @field_validator("models", check_fields=False)
    @classmethod
    def _served_here(cls, models: dict[str, Model]) -> dict[str, Model]:
        if refusals := formats.refusals(models, cls.key(), cls.formats):
            raise ValueError("; ".join(refusals))
        return models

    @property
    def selector(self) -> dict[str, str]:
        """The labels that pick this stack's pods in its namespace; they never change."""
        return {"app.kubernetes.io/name": self.name}

    @property
    def labels(self) -> dict[str, str]:
        """The labels of every object of this stack."""
        part = {"app.kubernetes.io/component": "model", "app.kubernetes.io/part-of": self.part_of}
        owned = {"slipway/owner": self.owner, "slipway/cost-center": self.cost_center or self.owner}
        return {**self.selector, **part, **MANAGED_BY, **owned}

    def metadata(self, context: Context) -> dict[str, Any]:
        """Of an object that is called like the stack."""
        return {"name": self.name, "namespace": context.models.name, "labels": self.labels}

    @property
    def part_of(self) -> str:
        """The stack that it is a version of: itself, unless it is somebody's candidate."""
        return self._stable or self.name

    def follows(self, stable: "ModelStack") -> Self:
        """The same, as the candidate of `stable`."""
        self._stable = stable.name
        return self

    @property
    def versions(self) -> tuple["ModelStack", ...]:
        """What runs side by side: the stack itself, then its candidate where it has one."""
        return (self,)

    def claims(self, context: Context) -> tuple[str, ...]:
        """What only one member of an environment can be, such as "host ai-demo.example.com/iris"."""
        return tuple(f"model stack {each.name}" for each in self.versions)

    def asks(self, context: Context) -> tuple[str, ...]:
        """What it calls of its environment, each as somebody's claim has it."""
        return ()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        """The add-ons that this stack cannot serve without, on this cluster."""
        return ()

    def served(self) -> Mapping[str, Model]:
        """The models that are brought into its pods, each where Model.path says."""
        return {}

    @property
    def uris(self) -> dict[str, str]:
        """Where each model lies that is not a file of this machine."""
        return {name: model.uri for name, model in self.served().items() if model.uri}

    @property
    def stores(self) -> tuple[StoreUrl, ...]:
        """All object stores that its pods read."""
        found = (uri for uri in self.uris.values() if location(uri).scheme in STORES)
        return tuple(dict.fromkeys((*self.reads, *found)))

    def mistakes(self, context: Context) -> Iterator[str]:
        """What keeps it from being served as it says on this cluster, each with its cure."""
        yield from sources.refusals(self.uris, context.conventions.sources)
        for name, uri in self.uris.items():
            scheme = location(uri).scheme
            if scheme == "oci" and not context.traits.image_volumes:
                fact = f"model {name!r} is an image, which this cluster does not mount"
                yield f"{fact}. Set its trait image_volumes if it is 1.35 or newer, or keep the model in a store"
            if scheme == REGISTRY:
                fact = f"model {name!r} is named by its registry, not by its place"
                yield f"{fact}. Say slipway:model_registry, or give the place"

    def unit(self, context: Context) -> Unit:
        """Everything that serves this stack, in the models' namespace."""
        reading = {each.name: each.by_identity(context) for each in self.versions}
        grants = tuple(Grant(account=name, stores=stores) for name, stores in reading.items() if stores)
        return Unit(name=self.name, namespace=context.models, objects=tuple(self.objects(context)), grants=grants)

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """The stores that its service account `name` reads with no key, on this cluster."""
        return tuple(url for url in self.stores if store(url).scheme in context.traits.store_schemes)

    def objects(self, context: Context) -> list[KubernetesObject]:
        """The Kubernetes objects of this stack."""
        raise NotImplementedError

    def url(self, context: Context) -> str:
        """Where the cluster calls this stack."""
        return f"http://{self.name}.{context.models.name}.svc"

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        """Each model of this stack."""
        raise NotImplementedError

    def summary(self) -> tuple[str, ...]:
        """What a reader of a diagram should know about it, line by line: first the runtime, last each model."""
        return (type(self).__name__,)

    @property
    def shares(self) -> tuple[str, ...]:
        """Which of the requests each version gets, in words; empty for what is left."""
        return ("",) * len(self.versions)

    def picture(self) -> Step:
        """The way that requests take."""
        versions = zip(self.versions, self.shares, strict=True)
        return Step("requests", then=tuple(each.drawn(share) for each, share in versions))

    def drawn(self, share: str = "") -> Step:
        """This version, and its models."""
        models = tuple(Step(name, (f"{model.format} model",)) for name, model in self.served().items())
        return Step(self.name, self.summary()[:2], share, then=models)
