"""How a stack is reached: one name within the cluster, whatever its versions share, and doors to the outside."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from components.addon import Addon
from components.addons.metallb import Metallb
from components.context import Context
from components.errors import Mistake
from components.objects import excepted
from components.traffic import doors, gateway_routes
from components.traffic.gateway_routes import Rules
from components.traffic.route import Expose, Route
from components.traffic.ways import AbTest, BlueGreen, Shadow, Traffic
from components.unit import KubernetesObject

ROUTED = {"http": "HTTPRoute", "grpc": "GRPCRoute"}
"""The ports whose requests a waypoint can tell apart."""


class Entrance(NamedTuple):
    """What a stack says about it.

    `metadata` is that of its objects; `pods` are the labels of its pods; `ports` are those of its server; `candidate`
    is the Service of its candidate.
    """

    metadata: dict[str, Any]
    pods: dict[str, str]
    ports: dict[str, int]
    candidate: str
    traffic: Traffic | None
    route: Route | None
    expose: Expose | None

    @property
    def name(self) -> str:
        """The stack's name, under which its Service is called."""
        return str(self.metadata["name"])

    def objects(self, context: Context) -> list[KubernetesObject]:
        """Its Service, and the routes that lead there; where they choose a version, they change once both are ready."""
        found = [
            self._service(context),
            *self._within(context),
            *(self._routed(self.route, context) if self.route else ()),
            *([self._public(self.expose, context)] if self.expose else ()),
        ]
        if self.traffic is None or self.split_by(context) == "replicas":
            return found
        return list(doors.after_versions(found))

    def needs(self, context: Context) -> Iterator[type[Addon]]:
        """The add-ons that open it."""
        if self._proxied(context):
            yield from doors.gateway_addons(context)
        if self.route:
            yield from doors.needs(self.route, context)
        if self.expose and not context.traits.load_balancer:
            yield Metallb

    @property
    def _at_gateway(self) -> bool:
        return self.route is not None and not self.route.ingress_class

    @property
    def _by_ingress(self) -> bool:
        return self.route is not None and self.route.ingress_class is not None

    def split_by(self, context: Context) -> Literal["service", "replicas", "routes"]:
        """What shares the requests: the Service alone, its versions' numbers of replicas, or the Gateway API."""
        gateway = context.conventions.gateway
        if self.traffic is None or self.traffic.blue_green:
            return "service"
        return "routes" if gateway and (self._at_gateway or _in_mesh(context)) else "replicas"

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        """What this environment cannot do of it, each with its cure."""
        if self.route:
            yield from doors.refusals(self.route, context)
        for door in ("route", "expose") if "http" not in self.ports else ():
            if getattr(self, door):
                fact = "leads to the port 'http', and its server has none"
                yield Mistake((door,), f"{fact}. Call the one that is asked so")
        if context.conventions.mesh and self.expose:
            fact = "who calls from outside speaks no mutual TLS, and models take nothing else"
            yield Mistake(("expose",), f"{fact}. {doors.CURE}")
        yield from self._unshared(context)

    def _unshared(self, context: Context) -> Iterator[Mistake]:
        """Requests that would not be shared as its traffic says."""
        if not self.traffic:
            return
        way = self.traffic.way
        alone, marked = self.split_by(context) == "replicas", isinstance(way, AbTest) and way.weight is None
        if alone and (marked or isinstance(way, Shadow)):
            fact = f"{way}: a Service alone tells no request from another and copies none"
            cure = f"Use {'a weight' if marked else 'canary'}, or {doors.cure(context)}"
            yield Mistake(("traffic", self.traffic.kind), f"{fact}. {cure}")
        yield from doors.unmarked(self.traffic, context)
        yield from self._passed(context)

    def _passed(self, context: Context) -> Iterator[Mistake]:
        """Doors that lead to one version alone, where routes share the requests."""
        past = {("expose",): self.expose is not None, ("route", "ingress_class"): self._by_ingress}
        for path in (path for path, opened in past.items() if opened and self.split_by(context) == "routes"):
            cure = "Leave it out, and reach the stack by a route at the gateway"
            yield Mistake(path, f"leads past what shares the requests. {cure}")

    def selector(self, context: Context) -> dict[str, str]:
        """The labels of the pods behind its Service."""
        if self.split_by(context) == "replicas":
            return {"app.kubernetes.io/part-of": self.name}
        way = self.traffic.way if self.traffic else None
        if isinstance(way, BlueGreen) and way.live == "candidate":
            return {"app.kubernetes.io/name": self.candidate}
        return self.pods

    def _service(self, context: Context) -> KubernetesObject:
        proxied = {"istio.io/use-waypoint": self._waypoint} if self._proxied(context) else {}
        labels = {**self.metadata["labels"], **proxied}
        return service({**self.metadata, "labels": labels}, self.selector(context), self.ports)

    def _proxied(self, context: Context) -> bool:
        """Whether calls from within the mesh are shared too, by a proxy of its own."""
        return self.split_by(context) == "routes" and _in_mesh(context)

    @property
    def _waypoint(self) -> str:
        return f"{self.name}-waypoint"

    def _within(self, context: Context) -> Iterator[KubernetesObject]:
        if self._proxied(context):
            inside = excepted(ingress_exposure="for the mesh alone", gateway_tls="its tunnels are mutual TLS")
            yield gateway_routes.waypoint({**self._named(self._waypoint), **inside})
            for port, kind in ROUTED.items():
                if port in self.ports:
                    rules = self._rules(service_port(port, self.ports))
                    within = self._named(f"{self.name}-mesh")
                    yield gateway_routes.within(kind, within, self.name, service_port(port, self.ports), rules)

    def _routed(self, route: Route, context: Context) -> Iterator[KubernetesObject]:
        rules = self._rules(service_port("http", self.ports))
        return doors.objects(route, self._named(self.name), self.name, rules, context)

    def _rules(self, port: int) -> Rules:
        return gateway_routes.shares(self.traffic, self.name, self.candidate, port)

    def _public(self, expose: Expose, context: Context) -> KubernetesObject:
        """Only the port that answers predictions."""
        metadata = doors.opened(self._named(self.name), "service_exposure", expose.load_balancer)
        found = service({**metadata, "name": f"{self.name}-public"}, self.selector(context), {"http": 0})
        return {**found, "spec": {**found["spec"], "type": "LoadBalancer"}}

    def _named(self, name: str) -> dict[str, Any]:
        return {**self.metadata, "name": name, "labels": dict(self.metadata["labels"])}


def _in_mesh(context: Context) -> bool:
    gateway = context.conventions.gateway
    return gateway is not None and gateway.istio and bool(context.conventions.mesh)


def service_port(name: str, ports: dict[str, int]) -> int:
    """Where a Service answers for a port of its server: predictions at 80."""
    return 80 if name == "http" else ports[name]


def service(metadata: dict[str, Any], selector: dict[str, str], ports: dict[str, int]) -> KubernetesObject:
    """A Service of the pods with the labels of `selector`, `http` first."""
    names = sorted(ports, key=lambda name: name != "http")
    opened = [{"name": name, "port": service_port(name, ports), "targetPort": name} for name in names]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"selector": selector, "ports": opened},
    }
