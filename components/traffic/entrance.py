"""How a stack is reached: one name within the cluster, whatever its versions share, and doors to the outside."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from components.addon import Addon
from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.addons.istio import INGRESS_CLASS, Istio
from components.addons.metallb import Metallb
from components.context import Context
from components.errors import Mistake
from components.objects import excepted
from components.traffic import gateway_routes, ingress, routing, tokens
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
        """Its Service, and the routes that lead there."""
        return [
            self._service(context),
            *self._within(context),
            *(self._routed(self.route, context) if self.route else ()),
            *([self._public(self.expose, context)] if self.expose else ()),
        ]

    def needs(self, context: Context) -> Iterator[type[Addon]]:
        """The add-ons that open it."""
        gateway = context.conventions.gateway
        if gateway and (self._at_gateway or self._proxied(context)):
            yield from (() if context.traits.gateway_api else (GatewayApi,))
            yield from ((Istio,) if gateway.istio else ())
        if self.route and self.route.ingress_class == INGRESS_CLASS:
            yield Istio
        if self.route and self.route.issuer:
            yield CertManager
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

    def cure(self, context: Context) -> str:
        """What lets the Gateway API share the requests, where nothing else can as it is said."""
        if context.conventions.gateway:
            return "say a route at the gateway, without ingress_class"
        return "add a gateway (add-on gateway_api with a gateway_class), and a route there"

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        """What this environment cannot do of it, each with its cure."""
        if self.route:
            yield from (each.below("route") for each in routing.refusals(self.route, context))
        for door in ("route", "expose") if "http" not in self.ports else ():
            if getattr(self, door):
                fact = "leads to the port 'http', and its server has none"
                yield Mistake((door,), f"{fact}. Call the one that is asked so")
        yield from self._shut_out(context)
        yield from self._unshared(context)

    def _shut_out(self, context: Context) -> Iterator[Mistake]:
        """Callers from outside the mesh, of which models take none but the mesh's own gateways."""
        cure = "Say a route at the gateway, or mutual_tls: false of istio"
        if context.conventions.mesh and self.expose:
            fact = "who calls from outside speaks no mutual TLS, and models take nothing else"
            yield Mistake(("expose",), f"{fact}. {cure}")
        if context.conventions.mesh and self.route and self.route.ingress_class not in (None, INGRESS_CLASS):
            fact = f"class {self.route.ingress_class} speaks no mutual TLS, and models take nothing else"
            yield Mistake(("route", "ingress_class"), f"{fact}. {cure}")

    def _unshared(self, context: Context) -> Iterator[Mistake]:
        """Requests that would not be shared as its traffic says."""
        if not self.traffic:
            return
        way, gateway = self.traffic.way, context.conventions.gateway
        alone, marked = self.split_by(context) == "replicas", isinstance(way, AbTest) and way.weight is None
        if alone and (marked or isinstance(way, Shadow)):
            fact = f"{way}: a Service alone tells no request from another and copies none"
            cure = f"Use {'a weight' if marked else 'canary'}, or {self.cure(context)}"
            yield Mistake(("traffic", self.traffic.kind), f"{fact}. {cure}")
        if isinstance(way, AbTest) and way.cookie and gateway and not gateway.istio:
            cure = "Use a header, or gateway_class: istio"
            yield Mistake(("traffic", "ab", "cookie"), f"only Istio's gateway finds cookies. {cure}")
        yield from self._passed(context)

    def _passed(self, context: Context) -> Iterator[Mistake]:
        """Doors that lead to one version alone, where routes share the requests."""
        doors = {("expose",): self.expose is not None, ("route", "ingress_class"): self._by_ingress}
        for path in (path for path, opened in doors.items() if opened and self.split_by(context) == "routes"):
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
        gateway = context.conventions.gateway
        if route.ingress_class:
            nginx = route.ingress_class == context.conventions.nginx_class
            yield ingress.ingress(self._opened("ingress_exposure", route.place), route, self.name, nginx)
        elif gateway:
            rules = self._rules(service_port("http", self.ports))
            yield gateway_routes.public(self._named(self.name), route, gateway, rules)
            if route.jwt:
                yield from tokens.required(self._named(self.name), route, route.jwt, gateway)

    def _rules(self, port: int) -> Rules:
        return gateway_routes.shares(self.traffic, self.name, self.candidate, port)

    def _public(self, expose: Expose, context: Context) -> KubernetesObject:
        """Only the port that answers predictions."""
        metadata = {**self._opened("service_exposure", expose.load_balancer), "name": f"{self.name}-public"}
        found = service(metadata, self.selector(context), {"http": 0})
        return {**found, "spec": {**found["spec"], "type": "LoadBalancer"}}

    def _opened(self, rule: str, why: str) -> dict[str, Any]:
        """Metadata with the owner's word for what would otherwise break a rule."""
        owner = self.metadata["labels"].get("slipway/owner", self.name)
        return {**self._named(self.name), **excepted(**{rule: f"{owner}: {why}"})}

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
