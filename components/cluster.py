"""What every cluster kind promises to whatever is placed on it."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import pulumi
import pulumi_kubernetes as k8s
from pydantic import field_validator

from components.catalog import Kind
from components.component import Component
from components.context import Context, Conventions, Traits
from components.errors import Mistake, SlipwayError
from components.extras import require
from components.location.store import Grant
from components.manifest import Manifest
from components.mistakes import refused
from components.unit import KubernetesObject, Namespace, identity
from components.values import Value

HOURS = 730
"""Of a month, as clouds count."""


class Charge(NamedTuple):
    """Something that a list of prices knows, such as "m7i.large hour", and how much of it."""

    what: str
    quantity: float


class SignIn(NamedTuple):
    """A command that ends with 0 where this machine has credentials, and the one that gives it some."""

    check: tuple[str, ...]
    cure: str


class Identity(NamedTuple):
    """What lets a service account's pods in: `annotations` it must have, and what must be there before they start."""

    annotations: Mapping[str, pulumi.Input[str]] = {}
    resources: tuple[pulumi.Resource, ...] = ()


class ClusterSpec(Value):
    """What an environment may choose about a cluster of one kind.

    Kinds give `traits` the default that fits them; what an environment says about some leaves the others.
    """

    programs: ClassVar[tuple[str, ...]] = ()
    """What provisioning and using it needs on PATH of the machine that does it."""
    here: ClassVar[bool] = False
    """Whether it runs on the machine that provisions it."""
    sign_in: ClassVar[SignIn | None] = None
    """How to be somebody there who may provision it."""
    extra: ClassVar[str | None] = None
    """The extra of this package that provisioning it needs, such as "aws"."""
    name_limit: ClassVar[int] = 63
    """How many characters `cluster_name` may have."""

    traits: Traits = Traits()

    @field_validator("traits", mode="before")
    @classmethod
    def _beside_the_kinds_own(cls, given: Any) -> Any:
        own: Traits = cls.model_fields["traits"].default
        return {**own.model_dump(), **given} if isinstance(given, dict) else given

    @field_validator("traits")
    @classmethod
    def _kept_promises(cls, traits: Traits) -> Traits:
        own: Traits = cls.model_fields["traits"].default
        if strange := sorted(set(traits.store_schemes) - set(own.store_schemes)):
            fact = f"such a cluster gives pods no identity for {', '.join(strange)}"
            cure = "Leave it out, and say `credentials` in the model stack"
            raise refused([Mistake(("store_schemes",), f"{fact}. {cure}")])
        return traits

    @property
    def known_traits(self) -> Traits:
        """Its traits, with those that follow from what else it says."""
        return self.traits

    def cluster_name(self, name: str) -> str:
        """What the cluster of environment `name` is called where it is provisioned. Raises SlipwayError if too long."""
        if len(full := f"slipway-{name}") > self.name_limit:
            message = f"its cluster would be called {full!r}, and {self.name_limit} characters are allowed"
            raise SlipwayError(f"environment {name!r}: {message}. Shorten the environment's name")
        return full

    def cautions(self) -> tuple[str, ...]:
        """What no program can look up beforehand and often stops a first `up`, such as quotas."""
        return ()

    def bill(self) -> tuple[Charge, ...]:
        """What a month of it is charged for, at its least: each pool at its `min`."""
        return ()

    def ports(self) -> tuple[int, ...]:
        """What must be free on the machine that provisions it."""
        return ()

    def known_kubeconfig(self) -> str | None:
        """Its kubeconfig (a path, or contents) where that is known before anything is provisioned."""
        return None

    def known_context(self) -> str | None:
        """The context to use of its kubeconfig; None takes the current one."""
        return None


class Cluster(Kind, Component):
    """A Kubernetes cluster. Kinds provision one; callers see only this.

    Attributes: `kubeconfig` (secret; contents, or the path of a file on this machine), `provider` (places Kubernetes
    resources on it), `context` (what units may know about it), `context_name` (of its kubeconfig; None: current). Kinds
    add to `ready` what must be there before anything is placed on it, such as nodes.
    """

    Spec: ClassVar[type[ClusterSpec]]

    def __init__(
        self,
        name: str,
        spec: Any,
        *,
        conventions: Conventions = Conventions(),  # noqa: B008  # frozen
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        require(spec.extra)
        super().__init__(name, opts)
        self.context = Context(traits=spec.known_traits, conventions=conventions)
        self.context_name: str | None = spec.known_context()
        self.ready: list[pulumi.Resource] = []
        self.kubeconfig = pulumi.Output.secret(self.provision(spec))
        after = self.child(depends_on=self.ready)
        self.provider = k8s.Provider(name, opts=after, **self.access(spec), cluster_identifier=name)
        self._namespaces: dict[str, tuple[Namespace, Manifest]] = {}
        for manifest in self.furnishings(spec):
            options = self.child(provider=self.provider)
            Manifest(f"{name}-{identity(manifest)}", conventions.mirror.object(manifest), options)
        self.register_outputs({"kubeconfig": self.kubeconfig})

    def provision(self, spec: Any) -> pulumi.Input[str]:
        """Create the cluster; return its kubeconfig."""
        raise NotImplementedError

    def access(self, spec: Any) -> dict[str, Any]:
        """How the Kubernetes provider reaches the cluster."""
        return {"kubeconfig": self.kubeconfig}

    def furnishings(self, spec: Any) -> Iterable[KubernetesObject]:
        """What every cluster of this kind has on it, such as storage classes."""
        return ()

    def identity(self, namespace: str, grant: Grant) -> "Identity":
        """Let the pods of a service account read its stores, and nothing else, without a key."""
        raise NotImplementedError

    def namespace(self, namespace: Namespace) -> Manifest:
        """The namespace on this cluster; the first call creates it, the others share it.

        Raises SlipwayError where they do not agree on its pod security.
        """
        name, level = namespace.name, namespace.pod_security
        if name not in self._namespaces:
            manifest = Manifest(f"{self.name}-{name}", namespace.manifest(), self.child(provider=self.provider))
            self._namespaces[name] = (namespace, manifest)
        first, manifest = self._namespaces[name]
        if first != namespace:
            message = f"namespace {name!r} is {first.pod_security} on cluster {self.name!r}, and {level} was asked for"
            raise SlipwayError(f"{message}. Use another namespace")
        return manifest
