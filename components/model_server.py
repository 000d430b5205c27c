"""A model stack that is one model server, in one version or in two: no operator, no custom resource."""

from collections.abc import Iterator
from functools import cached_property
from typing import Self

from pydantic import model_validator

from components.addon import Addon
from components.context import Context
from components.errors import Mistake
from components.server_version import ServerVersion
from components.traffic import doors, replica_weights, versions
from components.traffic.entrance import Entrance, service
from components.traffic.route import Expose, Route
from components.traffic.ways import Traffic
from components.unit import KubernetesObject


class ModelServer(ServerVersion):
    """The fields that every model server shares; a runtime adds its models, `server` and `files`."""

    traffic: Traffic | None = None
    """How a candidate takes its share of requests; None: a new version replaces the old one, replica by replica."""
    route: Route | None = None
    expose: Expose | None = None

    @model_validator(mode="after")
    def _sound_candidate(self) -> Self:
        if self.traffic:
            assert self.candidate
        return self

    @cached_property
    def candidate(self) -> Self | None:
        """The version that is to follow this one, as a stack of its own. Raises ValidationError where it is none."""
        return versions.candidate(self, self.traffic) if self.traffic else None

    @property
    def versions(self) -> tuple["ModelServer", ...]:
        return (self, self.candidate) if self.candidate else (self,)

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        inside = (addon for version in self.versions for addon in version.needed(context))
        return tuple(dict.fromkeys((*inside, *self._entrance(context).needs(context))))

    def claims(self, context: Context) -> tuple[str, ...]:
        return (*super().claims(context), *((f"host {self.route.place}",) if self.route else ()))

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        yield from (own := list(self.unserved(context)))
        if self.candidate and self.traffic:
            others = (each for each in self.candidate.unserved(context) if each not in own)
            yield from (each.below("traffic", self.traffic.kind, "candidate") for each in others)
        yield from self._entrance(context).mistakes(context)
        yield from self._unweighable(context)

    def objects(self, context: Context) -> list[KubernetesObject]:
        entrance, (stable, *others) = self._entrance(context), self._sized(context)
        opened = self.expose is not None
        found = [*self._claims(context), *stable.running(context, opened), *entrance.objects(context)]
        for each in others:
            own = service(each.metadata(context), each.selector, each.server().ports)
            found += [*each.running(context, opened), own]
        return found

    def _claims(self, context: Context) -> list[KubernetesObject]:
        """The volumes that its versions share, each once."""
        volumes = {name: volume for version in self.versions for name, volume in version.shared_volumes.items()}
        shared = context.traits.shared_storage_class
        return [self._owned(volume.manifest(name, shared), context) for name, volume in volumes.items()]

    @property
    def shares(self) -> tuple[str, ...]:
        return ("", str(self.traffic.way)) if self.traffic else super().shares

    def summary(self) -> tuple[str, ...]:
        share = (f"{self.traffic.kind}: {self.traffic.way} to its candidate",) if self.traffic else ()
        return (*super().summary(), f"replicas: {self.autoscaling or self.replicas}", *share, self.server().image)

    def _entrance(self, context: Context) -> Entrance:
        follower = self.candidate.name if self.candidate else ""
        ports = self.server().ports
        return Entrance(self.metadata(context), self.selector, ports, follower, self.traffic, self.route, self.expose)

    def _unweighable(self, context: Context) -> Iterator[Mistake]:
        """Why numbers of replicas cannot share the requests, where nothing else does."""
        if not self.traffic or self._entrance(context).split_by(context) != "replicas":
            return
        path, cure = ("traffic", self.traffic.kind), doors.cure(context)
        if any(each.autoscaling for each in self.versions):
            fact = "without a gateway the numbers of replicas share the requests, and autoscaling changes them"
            yield Mistake(path, f"{fact}. Say replicas, or {cure}")
        elif "replicas" in self.traffic.way.candidate:
            fact = "without a gateway they follow from the weight"
            yield Mistake((*path, "candidate", "replicas"), f"{fact}. Leave it out")
        else:
            found = replica_weights.refusals(self.replicas, self.traffic.way.plan, cure)
            yield from (Mistake(path, each) for each in found)

    def _sized(self, context: Context) -> tuple["ModelServer", ...]:
        """Its versions, with as many replicas as their shares of the requests ask for where these are shared so."""
        if not self.traffic or not self.candidate or self._entrance(context).split_by(context) != "replicas":
            return self.versions
        some = replica_weights.candidates(self.replicas, self.traffic.way.percent)
        return (
            self.model_copy(update={"replicas": self.replicas - some}),
            self.candidate.model_copy(update={"replicas": some}),
        )
