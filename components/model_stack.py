"""What a model stack is. A serving runtime is a subclass; a stack, an instance."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

from pydantic import PrivateAttr, field_validator

from components import formats
from components.addon import Addon
from components.catalog import Kind
from components.context import Context
from components.errors import Mistake, YamlPath
from components.location import sources
from components.location.s3 import s3_used, to_s3
from components.location.store import Grant, StoreUrl, store
from components.location.uri import REGISTRY, STORES, location
from components.mistakes import refused
from components.model import Format, Model
from components.network_policy import Rules, to_stores
from components.picture import Step
from components.unit import MANAGED_BY, KubernetesObject, Unit
from components.values import DnsLabel, Resources, V, Value, within


class Endpoint(Value):
    """Where one model is called, and a request that it understands.

    `url` takes a POST of JSON from within the cluster; `sample` is such a body, and `answer` what must come back, at
    least; None where the stack does not say it.
    """

    model: str
    url: str
    sample: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None


class Asked(Protocol):
    """What an endpoint is of: a model, or something made of models."""

    @property
    def sample(self) -> dict[str, Any] | None: ...

    @property
    def answer(self) -> dict[str, Any] | None: ...


class ModelStack(Kind, Value):
    """Something that serves models: what it is called and who answers for it."""

    formats: ClassVar[Mapping[Format, str]] = {}
    """The models that a runtime serves in its field `models`, and what it calls their formats itself."""
    instead: ClassVar[Mapping[str, str]] = {}
    """Fields of other runtimes, and what to say for them in this one."""

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
        if found := list(formats.refusals(models, cls.key(), cls.formats)):
            raise refused(found)
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

    def asks(self, context: Context) -> Mapping[YamlPath, str]:
        """What it calls of its environment, each as somebody's claim has it, by the path of the field that says so."""
        return {}

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        """The add-ons that this stack cannot serve without, on this cluster."""
        return ()

    def served(self) -> Mapping[str, Model]:
        """The models that are brought into its pods, each where Model.path says."""
        return {}

    @cached_property
    def uris(self) -> dict[YamlPath, str]:
        """Where each model lies that is not a file of this machine, by the path of the field that says it."""
        return {(*path, "uri"): model.uri for path, model in self.parts(Model) if model.uri}

    def parts(self, kind: type[V]) -> Iterator[tuple[YamlPath, V]]:
        """Each value of `kind` that it says, with the path of its field."""
        return within(self, kind)

    @property
    def stores(self) -> tuple[StoreUrl, ...]:
        """All object stores that its pods read."""
        found = (uri for uri in self.uris.values() if location(uri).scheme in STORES)
        return tuple(dict.fromkeys((*self.reads, *found)))

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        """What keeps it from being served as it says on this cluster, each with its cure and the path of its field."""
        yield from sources.refusals(self.uris, context.conventions.sources)
        yield from self._without_gpus(context)
        for path, uri in self.uris.items():
            scheme = location(uri).scheme
            if scheme == "oci" and not context.traits.image_volumes:
                cure = "Set its trait image_volumes if it is 1.35 or newer, or keep the model in a store"
                yield Mistake(path, f"is an image, which this cluster does not mount. {cure}")
            if scheme == REGISTRY:
                cure = "Say slipway:model_registry, or give the place"
                yield Mistake(path, f"is the model's name in a registry, not its place. {cure}")

    def _without_gpus(self, context: Context) -> Iterator[Mistake]:
        """Pods that wait for ever, because no machine has as many GPUs."""
        pools = context.traits.node_pools
        if pools is None:
            return
        most = max((each.gpus for each in pools.values()), default=0)
        for path, asked in within(self, Resources):
            if asked.gpus > most:
                cure = f"Add a node pool with {asked.gpus}, or ask for fewer"
                yield Mistake((*path, "gpus"), f"machines of this cluster have {most} GPUs at most. {cure}")

    def unit(self, context: Context) -> Unit:
        """Everything that serves this stack, in the models' namespace."""
        reading = {each.name: each.by_identity(context) for each in self.versions}
        grants = tuple(Grant(account=name, stores=stores) for name, stores in reading.items() if stores)
        return Unit(name=self.name, namespace=context.models, objects=tuple(self.objects(context)), grants=grants)

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """The stores that its service account `name` reads with no key, on this cluster."""
        return tuple(url for url in self.stores if store(url).scheme in context.traits.store_schemes)

    def joined(self, context: Context) -> dict[str, str]:
        """The labels by which its pods are given that identity, and are of the mesh."""
        identity = context.traits.identity_labels if self.by_identity(context) else {}
        return {**identity, **context.conventions.mesh}

    def to_stores(self, context: Context) -> Rules:
        """What lets its pods call stores, and ask for that identity."""
        identity = context.traits.identity_endpoints if self.by_identity(context) else ()
        return [*to_stores(identity), *to_s3(s3_used(context.conventions.s3_endpoint, self.stores))]

    def objects(self, context: Context) -> list[KubernetesObject]:
        """The Kubernetes objects of this stack."""
        raise NotImplementedError

    def url(self, context: Context) -> str:
        """Where the cluster calls this stack."""
        return f"http://{self.name}.{context.models.name}.svc"

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        """Each model of this stack."""
        raise NotImplementedError

    def endpoints_at(self, context: Context, path: str, called: Mapping[str, Asked]) -> tuple[Endpoint, ...]:
        """One for each of `called`, by its name, which {name} in `path` stands for."""
        base = self.url(context)
        return tuple(
            Endpoint(model=name, url=f"{base}/{path.format(name=name)}", sample=each.sample, answer=each.answer)
            for name, each in called.items()
        )

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
