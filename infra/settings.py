"""What an environment chooses, as typed values. The only reader of configuration."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from components import catalog
from components.addon import Addon
from components.cluster import Cluster, ClusterSpec
from components.context import Context, Conventions, Profile
from components.environment import Environment
from components.errors import Invalid, Mistake, SlipwayError, dotted
from components.location.sources import S3Endpoint, Source
from components.mirror import Mirror
from components.mistakes import mistakes
from components.model_stack import ModelStack
from components.unit import Namespace, Unit
from components.values import DnsLabel, Value, merged
from infra import engine_config, environment_file
from infra.policy import Terms
from infra.registry import Tracking, pinned
from infra.terms import PolicyException, Registry, terms

Choices = dict[str, dict[str, Any] | None]
PREFIX = "slipway:"
AGREED = {"mirror", "profile", "s3_endpoint", "sources"}
"""The settings that are conventions, for all that belongs to an environment."""
OTHERS = ("kube-", "openshift-")
"""How the names of namespaces begin that belong to a cluster itself."""


def _free(namespace: str) -> str:
    if namespace == "default":
        raise ValueError("is everybody's, and never goes. Choose a namespace of the models' own")
    if namespace.startswith(OTHERS):
        raise ValueError("belongs to the cluster itself. Choose a namespace of the models' own")
    return namespace


class Settings(Value):
    """The shape of Pulumi.<environment>.yaml below `config:`, each key with the prefix `slipway:`.

    A kind's name, then its choices; no choices (`iris:`) takes what the kind or the stack says.
    """

    cluster: Choices = Field(min_length=1, max_length=1)
    addons: Choices = {}
    models: Choices = {}
    namespace: Annotated[DnsLabel, AfterValidator(_free)] = Conventions().models.name
    """Where model stacks live."""
    profile: Profile = "production"
    mirror: Mirror = Mirror()
    exceptions: tuple[PolicyException, ...] = ()
    registries: tuple[Registry, ...] | None = None
    sources: tuple[Source, ...] | None = None
    s3_endpoint: S3Endpoint | None = None
    model_registry: Tracking | None = None


class ClusterKind(NamedTuple):
    """A kind of cluster, and what was chosen about it."""

    kind: type[Cluster]
    spec: ClusterSpec


@dataclass(frozen=True)
class Target:
    """An environment, checked: which cluster, and what belongs on it."""

    name: str
    cluster: ClusterKind
    environment: Environment
    conventions: Conventions = field(default_factory=Conventions)
    terms: Terms = field(default_factory=Terms)
    """On which policy judges it."""

    @property
    def context(self) -> Context:
        """What units may know about the cluster and the environment."""
        return Context(traits=self.cluster.spec.known_traits, conventions=self.conventions)

    def units(self) -> tuple[Unit, ...]:
        """Everything that belongs on the cluster, in order; whoever asks again is told the same."""
        return self._units

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        return tuple(self.environment.units(self.context))


def from_file(name: str, folder: Path) -> Target:
    """The environment that `folder`/Pulumi.`name`.yaml says. Raises Invalid with every mistake, each with its line."""
    document = environment_file.read(name, folder)
    try:
        return _discreet(target(name, document.chosen(PREFIX)))
    except Invalid as error:
        raise document.located(error) from None


def from_engine(name: str) -> Target:
    """The environment that the running Pulumi engine says, secrets decrypted."""
    config = engine_config.read(PREFIX)
    try:
        found = target(name, config.chosen)
    except Invalid as error:
        raise config.masked(error) from None
    return found if "cluster" in config.secret else _discreet(found)


def _discreet(found: Target) -> Target:
    """The target, unless a kubeconfig's contents stand in clear where the engine keeps a history."""
    kind, spec = found.cluster
    if "\n" not in (spec.known_kubeconfig() or ""):
        return found
    path = (f"{PREFIX}cluster", kind.key(), "kubeconfig")
    cure = f"Give the path of its file, or encrypt it: pulumi config set --secret --path {dotted(path)}"
    raise Invalid([Mistake(path, f"holds a kubeconfig in clear, which Pulumi's history would keep. {cure}")])


def target(name: str, chosen: Mapping[str, Any]) -> Target:
    """The values that `chosen` names. Raises Invalid with every mistake, each with its YAML path."""
    reader = _Reader()
    conventions, agreed, registry = Conventions(), Terms(), None
    with reader.at((), Settings):
        settings = Settings.model_validate(chosen)
        registry = settings.model_registry
        agreed = terms(settings.profile, settings.exceptions, settings.registries, settings.sources)
        space = Namespace(name=settings.namespace)
        conventions = Conventions.model_validate({**settings.model_dump(include=AGREED), "models": space})
    clusters = [reader.cluster(*choice) for choice in _well_formed(chosen, "cluster")]
    addons = [reader.addon(*choice) for choice in _well_formed(chosen, "addons")]
    stacks = {key: reader.stack(key, choice, registry) for key, choice in _well_formed(chosen, "models")}
    reader.stop()
    environment = Environment(addons=tuple(filter(None, addons)), stacks=tuple(filter(None, stacks.values())))
    built = Target(name, next(filter(None, clusters)), environment, conventions, agreed)
    with reader.at(("cluster",), ClusterSpec):
        built.cluster.spec.cluster_name(name)
    with reader.at((), Environment, {stack.name: key for key, stack in stacks.items() if stack}):
        built.units()
    reader.stop()
    return built


def _well_formed(chosen: Mapping[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be looked into even where Settings has found a mistake beside it."""
    choices = chosen.get(section)
    for key, choice in choices.items() if isinstance(choices, dict) else ():
        if isinstance(key, str) and isinstance(choice, dict | None):
            yield key, choice or {}


class _Reader:
    """Turns names and choices into values, and collects what is wrong, so that a user sees all of it at once."""

    def __init__(self) -> None:
        self._found: list[Mistake] = []

    def cluster(self, key: str, choices: dict[str, Any]) -> ClusterKind | None:
        with self.at(("cluster", key), ClusterSpec):
            kind = catalog.kind("components.clusters", key, Cluster)
            with self.at(("cluster", key), kind.Spec):
                return ClusterKind(kind, kind.Spec.model_validate(choices))
        return None

    def addon(self, key: str, choices: dict[str, Any]) -> Addon | None:
        with self.at(("addons", key), Addon):
            kind = catalog.kind("components.addons", key, Addon)
            with self.at(("addons", key), kind):
                return kind.model_validate(choices)
        return None

    def stack(self, key: str, choices: dict[str, Any], registry: str | None) -> ModelStack | None:
        with self.at(("models", key), ModelStack):
            stack = catalog.instance("model_stacks", key, ModelStack)
            with self.at(("models", key), type(stack)):
                fields = merged(stack.model_dump(exclude_unset=True), choices)
                return type(stack).model_validate(pinned(fields, registry))
        return None

    @contextmanager
    def at(
        self, path: tuple[str, ...], model: type[BaseModel], keys: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[None]:
        """Notes what the block raises about a value of `model` at `path`, instead of raising it.

        `keys`: a stack's name, as Invalid has it, to its key in the file.
        """
        try:
            yield
        except ValidationError as error:
            self._found += mistakes(error, model, path)
        except Invalid as error:
            self._found += (Mistake((*path, *_keyed(each.path, keys)), each.message) for each in error.mistakes)
        except SlipwayError as error:
            self._found.append(Mistake(path, str(error)))

    def stop(self) -> None:
        """Raises Invalid if anything was noted."""
        if self._found:
            raise Invalid(Mistake(_prefixed(path), message) for path, message in dict.fromkeys(self._found))


def _keyed(path: tuple[str | int, ...], keys: Mapping[str, str]) -> tuple[str | int, ...]:
    match path:
        case "models", str(name), *rest:
            return ("models", keys.get(name, name), *rest)
    return path


def _prefixed(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return (f"{PREFIX}{path[0]}", *path[1:]) if path else path
