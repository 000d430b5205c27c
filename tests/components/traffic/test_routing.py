from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context, Conventions, Gateway
from components.errors import Mistake
from components.mesh import AMBIENT
from components.traffic.route import Route
from components.traffic.routing import refusals

GATEWAY = Gateway(namespace="edge", name="models", listener="http")
JWT = {"issuer": "https://login.example.it", "jwks": "https://login.example.it/keys", "audiences": ["models"]}
EVERYTHING: dict[str, Any] = {
    **{"path": "/a", "tls_secret": "a", "timeout_seconds": 9, "retries": {"attempts": 1}},
    **{"requests_per_second": 9, "jwt": JWT, "basic_auth": "keys"},
}
PLACES = {
    "gateway": (Conventions(gateway=GATEWAY), None),
    "istio gateway": (Conventions(gateway=GATEWAY.model_copy(update={"istio": True})), None),
    "nginx": (Conventions(nginx_class="edge"), "edge"),
    "istio ingress": (Conventions(), "istio"),
    "ingress": (Conventions(nginx_class="edge"), "another"),
}
ABLE = {
    "gateway": {"path", "timeout_seconds"},
    "istio gateway": {"path", "timeout_seconds", "jwt"},
    "nginx": {"path", "timeout_seconds", "tls_secret", "retries", "requests_per_second", "basic_auth", "issuer"},
    "istio ingress": {"tls_secret"},
    "ingress": {"tls_secret", "issuer"},
}


def told(place: str, **choices: Any) -> list[Mistake]:
    conventions, ingress_class = PLACES[place]
    route = Route.model_validate({"host": "models.example.it", "ingress_class": ingress_class, **choices})
    return list(refusals(route, Context(conventions=conventions)))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "value"), [*EVERYTHING.items(), ("issuer", "acme")])
def test_what_a_door_cannot_do_is_refused_and_who_can_is_said(place: str, name: str, value: Any) -> None:
    found = told(place, **{name: value})
    assert len(found) == (name not in ABLE[place])
    assert all(each.path and " has no such thing. Use " in each.message for each in found)


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        ({"retries": {"attempts": 2}}, "Leave it out: by itself Istio tries again, twice, what no replica has taken"),
        ({"basic_auth": "keys"}, "Use jwt, or leave it out"),
        ({"requests_per_second": 9}, "Limit them at the gateway (Istio's local rate limit, an EnvoyFilter)"),
        ({"issuer": "acme"}, "Say the certificate at the gateway"),
        ({"tls_secret": "a"}, "Use an Ingress of class istio, or say it at the gateway"),
    ],
)
def test_in_a_mesh_no_door_is_named_that_its_models_would_not_answer(asked: dict[str, Any], cure: str) -> None:
    gateway = GATEWAY.model_copy(update={"istio": True})
    route = Route.model_validate({"host": "models.example.it", **asked})
    (found,) = refusals(route, Context(conventions=Conventions(gateway=gateway, mesh=AMBIENT)))
    assert cure in found.message
    assert "nginx" not in found.message


@pytest.mark.parametrize("place", PLACES)
def test_a_bare_host_is_taken_everywhere(place: str) -> None:
    assert told(place) == []
    assert told(place, path="/a", strip_path=False) == []


def test_all_that_is_refused_is_told_at_once() -> None:
    assert len(told("istio ingress", **EVERYTHING)) == len(EVERYTHING) - 1


def test_without_any_gateway_a_route_needs_a_class() -> None:
    (found,) = refusals(Route(host="models.example.it"), Context())
    assert "Say the add-on gateway_api with a gateway_class, or an ingress_class" in found.message


@pytest.mark.parametrize("path", ["a", "/a/", "//", "/a b", "/a(.*)", "", "/a?b"])
def test_a_path_is_whole_segments(path: str) -> None:
    with pytest.raises(ValidationError, match="must be '/' or whole segments"):
        Route(host="models.example.it", path=path)


def test_one_certificate_is_enough() -> None:
    with pytest.raises(ValidationError, match="tls_secret and issuer both bring the certificate"):
        Route(host="models.example.it", tls_secret="a", issuer="acme")


@pytest.mark.parametrize(("path", "place"), [("/", "models.example.it"), ("/a", "models.example.it/a")])
def test_a_place_is_a_host_and_a_path(path: str, place: str) -> None:
    assert Route(host="models.example.it", path=path).place == place
