"""What a model stack is. A serving runtime is a subclass; a stack, an instance."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import field_validator

from components import formats
from components.addon import Addon
from components.catalog import Kind
from components.context import Context
from components.model import Format, Model
from components.model_store import Grant, StoreUrl, store
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
    reads: tuple[StoreUrl, ...] = ()
    """The model stores that its pods read, by the identity of their service account where the cluster gives one."""
    credentials: DnsLabel | None = None
    """The Secret of the models' namespace whose keys its pods get as variables, for stores without an identity."""

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
        return {**self.selector, "app.kubernetes.io/component": "model", **MANAGED_BY, "slipway/owner": self.owner}

    def mistakes(self, context: Context) -> Iterator[str]:
        """What keeps it from being served as it says on this cluster, each with its cure."""
        yield from ()

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        """The add-ons that this stack cannot serve without, on this cluster."""
        return ()

    def unit(self, context: Context) -> Unit:
        """Everything that serves this stack, in the models' namespace."""
        stores = self.by_identity(context)
        grants = (Grant(account=self.name, stores=stores),) if stores else ()
        return Unit(name=self.name, namespace=context.models, objects=tuple(self.objects(context)), grants=grants)

    def by_identity(self, context: Context) -> tuple[StoreUrl, ...]:
        """The stores that its service account `name` reads with no key, on this cluster."""
        return tuple(url for url in self.reads if store(url).scheme in context.traits.store_schemes)

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
