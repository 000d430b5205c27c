import re
from typing import Any

import pytest

from components.context import Gateway
from components.traffic import gateway_routes
from components.traffic.route import Route
from components.traffic.ways import Traffic

GATEWAY = Gateway(namespace="edge", name="models", listener="https")
CANDIDATE = {"candidate": {"startup_seconds": 60}}
STABLE, OTHER = {"name": "iris", "port": 80}, {"name": "iris-candidate", "port": 80}


def shares(**ways: Any) -> list[dict[str, Any]]:
    traffic = Traffic.model_validate({name: {**CANDIDATE, **said} for name, said in ways.items()}) if ways else None
    return gateway_routes.shares(traffic, "iris", "iris-candidate", 80)


def route(**choices: Any) -> dict[str, Any]:
    said = Route.model_validate({"host": "models.example.it", **choices})
    return gateway_routes.public({"name": "iris"}, said, GATEWAY, shares(canary={"weight": 10}))


def test_without_a_candidate_and_with_two_colours_one_service_answers() -> None:
    assert shares() == shares(blue_green={"live": "candidate"}) == [{"backendRefs": [STABLE]}]


@pytest.mark.parametrize(("way", "percent"), [("canary", 10), ("ab", 0), ("canary", 100)])
def test_weights_add_up_to_a_hundred(way: str, percent: int) -> None:
    (rule,) = shares(**{way: {"weight": percent}})
    assert rule["backendRefs"] == [{**STABLE, "weight": 100 - percent}, {**OTHER, "weight": percent}]


def test_a_header_leads_to_the_candidate_and_all_else_to_the_stack() -> None:
    marked, rest = shares(ab={"header": {"name": "x-version", "value": "b"}})
    assert marked == {
        "matches": [{"headers": [{"name": "x-version", "value": "b"}]}],
        "backendRefs": [OTHER],
    }
    assert rest == {"backendRefs": [STABLE]}


@pytest.mark.parametrize(
    ("cookies", "led"),
    [
        ("version=b", True),
        ("a=1; version=b; c=2", True),
        ("a=1;version=b", True),
        ("version=bc", False),
        ("subversion=b", False),
        ("a=version=b", False),
        ("version=a", False),
    ],
)
def test_a_cookie_is_found_among_others(cookies: str, led: bool) -> None:
    marked, _ = shares(ab={"cookie": {"name": "version", "value": "b"}})
    (header,) = marked["matches"][0]["headers"]
    assert (header["name"], header["type"]) == ("cookie", "RegularExpression")
    assert bool(re.fullmatch(header["value"], cookies)) == led


def test_a_shadow_gets_a_copy_and_answers_nobody() -> None:
    (rule,) = shares(shadow={"copied": 20})
    assert rule["backendRefs"] == [STABLE]
    (mirror,) = rule["filters"]
    assert mirror == {"type": "RequestMirror", "requestMirror": {"backendRef": OTHER, "percent": 20}}


def test_a_route_is_attached_to_the_listener_that_serves() -> None:
    spec = route()["spec"]
    assert spec["parentRefs"] == [{"namespace": "edge", "name": "models", "sectionName": "https"}]
    assert spec["hostnames"] == ["models.example.it"]


def test_a_path_is_taken_off_unless_it_is_said_otherwise() -> None:
    (rule,) = route(path="/ai-service", timeout_seconds=9)["spec"]["rules"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/ai-service"}}]
    (rewrite,) = rule["filters"]
    assert rewrite["urlRewrite"]["path"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
    assert rule["timeouts"] == {"request": "9s"}
    (kept,) = route(path="/ai-service", strip_path=False)["spec"]["rules"]
    assert not {"filters", "timeouts"} & kept.keys()


def test_calls_within_the_mesh_are_shared_at_the_service() -> None:
    found = gateway_routes.within("GRPCRoute", {"name": "iris-mesh"}, "iris", 8081, shares())
    assert found["spec"]["parentRefs"] == [{"group": "", "kind": "Service", "name": "iris", "port": 8081}]
