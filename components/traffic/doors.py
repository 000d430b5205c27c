"""What leads a host to a stack: an HTTPRoute at the environment's gateway, or an Ingress."""

from collections.abc import Iterable, Iterator
from typing import Any

from components.addon import Addon
from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.addons.istio import INGRESS_CLASS, Istio
from components.context import Context
from components.errors import Mistake
from components.objects import excepted
from components.traffic import gateway_routes, ingress, routing, tokens
from components.traffic.gateway_routes import Rules
from components.traffic.route import Route
from components.traffic.ways import AbTest, Traffic
from components.unit import KubernetesObject, held_back

CHOOSING = ("GRPCRoute", "HTTPRoute", "Service")
CURE = "Say a route at the gateway, or mutual_tls: false of istio"


def objects(
    route: Route, metadata: dict[str, Any], service: str, rules: Rules, context: Context
) -> Iterator[KubernetesObject]:
    """What leads `route` to port 80 of `service`, or at the gateway as `rules` say; `metadata` is the stack's."""
    gateway = context.conventions.gateway
    if route.ingress_class:
        nginx = route.ingress_class == context.conventions.nginx_class
        yield ingress.ingress(opened(metadata, "ingress_exposure", route.place), route, service, nginx)
    elif gateway:
        yield gateway_routes.public(metadata, route, gateway, rules)
        if route.jwt:
            yield from tokens.required(metadata, route, route.jwt, gateway)


def after_versions(found: Iterable[KubernetesObject]) -> Iterator[KubernetesObject]:
    """The same; those that choose a version change once all are ready, and what asks for tokens is there by then."""
    return (held_back(each) if each["kind"] in CHOOSING else each for each in found)


def opened(metadata: dict[str, Any], rule: str, why: str) -> dict[str, Any]:
    """Metadata with the owner's word for what would otherwise break a rule."""
    owner = metadata["labels"].get("slipway/owner", metadata["name"])
    return {**metadata, **excepted(**{rule: f"{owner}: {why}"})}


def needs(route: Route, context: Context) -> Iterator[type[Addon]]:
    """The add-ons that carry it out."""
    if not route.ingress_class:
        yield from gateway_addons(context)
    if route.ingress_class == INGRESS_CLASS:
        yield Istio
    if route.issuer:
        yield CertManager


def gateway_addons(context: Context) -> Iterator[type[Addon]]:
    """What the environment's gateway is made of, where it has one."""
    if gateway := context.conventions.gateway:
        yield from (() if context.traits.gateway_api else (GatewayApi,))
        yield from ((Istio,) if gateway.istio else ())


def cure(context: Context) -> str:
    """What lets the Gateway API share the requests, where nothing else can as it is said."""
    if context.conventions.gateway:
        return "say a route at the gateway, without ingress_class"
    return "add a gateway (add-on gateway_api with a gateway_class), and a route there"


def refusals(route: Route, context: Context) -> Iterator[Mistake]:
    """What it asks of this environment and does not get, each with its cure."""
    yield from (each.below("route") for each in routing.refusals(route, context))
    if context.conventions.mesh and route.ingress_class not in (None, INGRESS_CLASS):
        fact = f"class {route.ingress_class} speaks no mutual TLS, and models take nothing else"
        yield Mistake(("route", "ingress_class"), f"{fact}. {CURE}")


def unmarked(traffic: Traffic | None, context: Context) -> Iterator[Mistake]:
    """Cookies that nobody here reads."""
    way, gateway = traffic.way if traffic else None, context.conventions.gateway
    if isinstance(way, AbTest) and way.cookie and gateway and not gateway.istio:
        cure = "Use a header, or gateway_class: istio"
        yield Mistake(("traffic", "ab", "cookie"), f"only Istio's gateway finds cookies. {cure}")
