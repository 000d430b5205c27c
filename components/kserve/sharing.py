"""The versions that one InferenceService runs, and how the stack's own route shares requests among them.

KServe 0.20 runs canaries, each with a Service, and leads no request to them. Of `trafficPercent` it makes the number of
a canary's replicas, which it takes from `minReplicas` of the stable predictor.
https://github.com/kserve/kserve/blob/v0.20.0/pkg/controller/v1beta1/inferenceservice/components/predictor.go
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from components.addon import Addon
from components.context import Context
from components.errors import Mistake, YamlPath
from components.kserve import ignored
from components.kserve.predictor import Canary, Predictor
from components.picture import Step
from components.traffic import doors, gateway_routes
from components.traffic.gateway_routes import Rules
from components.traffic.route import Route
from components.traffic.versions import place, told_at
from components.traffic.ways import BlueGreen, Shadow, Traffic
from components.unit import KubernetesObject

NAME = "candidate"
PORT = 80
"""Of every Service that KServe makes of a predictor."""
APART = ("name", "minReplicas", *ignored.SCALING)
"""What a candidate does not have of the stable predictor: KServe names and scales each version itself."""


def candidate(found: Predictor, traffic: Traffic) -> Canary:
    """A candidate as a canary, of at least one replica. Raises ValidationError, its paths those of the stack."""
    given = traffic.way.candidate["predictor"]
    own = given.spec if isinstance(given, Predictor) else given.get("spec") or {}
    least = {} if traffic.way.percent else {"minReplicas": 1}
    kept = {key: each for key, each in found.spec.items() if key in own or key not in APART}
    predictor = found.model_copy(update={"spec": {**least, **kept}})
    with told_at((*place(traffic), "candidate"), Canary):
        return Canary(name=NAME, percent=traffic.way.percent, predictor=predictor)


class Sharing(NamedTuple):
    """What a stack says of its versions; `transformer`: whether requests come to the stable one by such a thing."""

    name: str
    stable: Predictor
    canaries: tuple[Canary, ...]
    traffic: Traffic | None
    route: Route | None
    transformer: bool

    @property
    def deployments(self) -> dict[str, Predictor]:
        """Each version, by the name of its Deployment and Service."""
        own = "-".join(filter(None, (self.name, self.stable.spec.get("name"), "predictor")))
        return {own: self.stable, **{f"{self.name}-{each.name}-predictor": each.predictor for each in self.canaries}}

    @property
    def servers(self) -> set[str | None]:
        """The ServingRuntimes that its models run in."""
        return {each.server for each in self.deployments.values()}

    @property
    def versions(self) -> dict[str, tuple[str, Predictor]]:
        """Each version by its own name, the stack's first, with the Service where it is called."""
        own, *others = self.deployments
        services = (f"{self.name}-transformer" if self.transformer else own, *others)
        called = zip(services, self.deployments.values(), strict=True)
        return dict(zip((self.name, *self._beside), called, strict=True))

    @property
    def _beside(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{each.name}" for each in self.canaries)

    @property
    def claims(self) -> tuple[str, ...]:
        """Names and a host that no other stack can have."""
        host = (f"host {self.route.place}",) if self.route else ()
        return (*(f"model stack {each}" for each in self._beside), *host)

    def refusals(self) -> Iterator[Mistake]:
        """What KServe would refuse of its versions, or do otherwise than one reads it."""
        for each in (*self._called_apart(), *self._merged(), *self._replicas()):
            yield Mistake(self._where, each)

    @property
    def _where(self) -> YamlPath:
        return place(self.traffic) if self.traffic else ("canary",)

    def _called_apart(self) -> Iterator[str]:
        names = [self.stable.spec.get("name", ""), *(each.name for each in self.canaries)]
        if len({*names}) < len(names):
            yield f"predictors {', '.join(filter(None, names))} are not called apart. Rename one"
        if (total := sum(each.percent for each in self.canaries)) > 100:
            yield f"{total} % together. Make it 100 at most"

    def _merged(self) -> Iterator[str]:
        """A canary is merged into a copy of the stable predictor, where what serves that stays."""
        if self.canaries and not all(each.model or "model" in each.spec for each in self.deployments.values()):
            yield "KServe merges a canary into the stable predictor, which it can where both say model. Say it"
        if self.canaries and self.transformer:
            yield "the transformer always calls the stable predictor. Leave one of them out"

    def _replicas(self) -> Iterator[str]:
        least, most = self.stable.spec.get("minReplicas", 1), self.stable.spec.get("maxReplicas", 1)
        fact = "KServe takes a canary's replicas from the stable predictor's minReplicas"
        if self.canaries and not least:
            yield f"{fact}, which is 0. Say 1 or more there"
            return
        for each in self.canaries:
            if (own := each.predictor.spec.get("minReplicas", 0)) > least:
                yield f"{fact}, and {own} of predictor {each.name!r} are more than these {least}. Lower them"
        if self.traffic and isinstance(self.traffic.way, BlueGreen) and max(least, most) > 1:
            yield f"{fact}, so that not both run in full. Say canary, or one replica"

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        """What this environment cannot do of it, each with its cure."""
        route = self.route
        yield from doors.refusals(route, context) if route else ()
        if route and context.conventions.kserve_opens:
            cure = "Leave it out, or `gateway` and `ingress_class` of the add-on kserve"
            yield Mistake(("route",), f"KServe's own would lead past it. {cure}")
        if self.canaries and (not route or route.ingress_class or not context.conventions.gateway):
            fact = "KServe 0.20 leads no request to a second version"
            yield Mistake(self._where, f"{fact}. For the stack's route to do it, {doors.cure(context)}")
        yield from doors.unmarked(self.traffic, context)

    def needs(self, context: Context) -> Iterator[type[Addon]]:
        """The add-ons that carry out its route."""
        yield from doors.needs(self.route, context) if self.route else ()

    def objects(self, metadata: dict[str, Any], context: Context) -> Iterator[KubernetesObject]:
        """Its route, held back where it chooses a version: Argo CD waits until an InferenceService is ready."""
        services = tuple(service for service, _ in self.versions.values())
        if self.route:
            found = doors.objects(self.route, metadata, services[0], self._rules(services), context)
            yield from doors.after_versions(found) if self.canaries else found

    def _rules(self, services: tuple[str, ...]) -> Rules:
        if self.traffic:
            switched = isinstance(self.traffic.way, BlueGreen) and self.traffic.way.percent
            first, second = reversed(services) if switched else services
            return gateway_routes.shares(self.traffic, first, second, PORT)
        percent = [each.percent for each in self.canaries]
        shared = zip(services, (100 - sum(percent), *percent), strict=True)
        return [{"backendRefs": [{"name": name, "port": PORT, "weight": share} for name, share in shared]}]

    @property
    def shares(self) -> tuple[str, ...]:
        """What each canary gets, in words."""
        return (str(self.traffic.way),) if self.traffic else tuple(f"{each.percent} %" for each in self.canaries)

    @property
    def said(self) -> tuple[str, ...]:
        """The same, with whom gets it."""
        return tuple(f"{each.name}: {share}" for each, share in zip(self.canaries, self.shares, strict=True))

    def picture(self, lines: tuple[str, ...]) -> Step:
        """Its versions, the stable one with `lines`."""
        copies = self.traffic is not None and isinstance(self.traffic.way, Shadow)
        others = zip(self._beside, self.canaries, self.shares, strict=True)
        drawn = (Step(name, (), share, copies, _model(name, each.predictor)) for name, each, share in others)
        return Step("requests", then=(Step(self.name, lines, then=_model(self.name, self.stable)), *drawn))


def _model(name: str, found: Predictor) -> tuple[Step, ...]:
    return (Step(name, (f"{found.model.format} model",)),) if found.model else ()
