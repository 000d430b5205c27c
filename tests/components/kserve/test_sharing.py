"""A stack's candidate as a canary of KServe's, and the stack's own route, which alone leads requests to it."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.addons.istio import Istio
from components.addons.kserve import KServe as Operator
from components.context import Context, Conventions, Traits
from components.mistakes import mistakes
from components.runtimes.kserve import KServe
from tests.components.kserve.options import (
    CANDIDATE,
    CONTAINERS,
    KEDA,
    MODEL,
    OPTIONS,
    QUEUE,
    ROUTE,
    Fields,
    canary,
    fields,
)
from tests.components.server_choices import GATEWAY, JWT, MARK, NGINX
from tests.samples import by_kind

EDGE = Context(conventions=Conventions(gateway=GATEWAY))
PLAIN_EDGE = Context(conventions=Conventions(gateway=GATEWAY.model_copy(update={"istio": False})))
STABLE, NEXT = ({"name": f"iris-{name}", "port": 80} for name in ("predictor", "candidate-predictor"))
EVERYTHING = [{"path": {"type": "PathPrefix", "value": "/"}}]


def stack(way: Fields | None, **choices: Any) -> KServe:
    return KServe.model_validate(fields(**{"traffic": way, "route": ROUTE, **choices}))


def rules(found: KServe) -> Any:
    return by_kind(found.objects(EDGE))["HTTPRoute"]["spec"]["rules"]


def beside(found: KServe) -> Any:
    (candidate,) = by_kind(found.objects(EDGE))["InferenceService"]["spec"]["canary"]
    return candidate


@pytest.mark.parametrize(
    ("way", "shares"),
    [
        ({"canary": {"weight": 10}}, (90, 10)),
        ({"canary": {"weight": 0}}, (100, 0)),
        ({"canary": {"steps": [5, 50, 100], "step": 2}}, (50, 50)),
        ({"ab": {"weight": 30}}, (70, 30)),
    ],
)
def test_the_route_shares_requests_by_weight(way: dict[str, Fields], shares: tuple[int, int]) -> None:
    ((kind, said),) = way.items()
    found = stack({kind: {**said, **CANDIDATE}})
    weighted = [{**each, "weight": share} for each, share in zip((STABLE, NEXT), shares, strict=True)]
    assert rules(found) == [{"backendRefs": weighted, "matches": EVERYTHING}]
    assert beside(found)["trafficPercent"] == shares[1]


@pytest.mark.parametrize(("live", "answers"), [("stable", STABLE), ("candidate", NEXT)])
def test_one_of_two_colours_gets_everything(live: str, answers: Fields) -> None:
    found = stack({"blue_green": {"live": live, **CANDIDATE}})
    assert rules(found) == [{"backendRefs": [answers], "matches": EVERYTHING}]


def test_a_shadow_gets_copies() -> None:
    (rule,) = rules(stack({"shadow": {"copied": 30, **CANDIDATE}}))
    assert rule["filters"] == [{"type": "RequestMirror", "requestMirror": {"backendRef": NEXT, "percent": 30}}]
    assert rule["backendRefs"] == [STABLE]


def test_a_header_leads_to_the_candidate() -> None:
    marked, others = rules(stack({"ab": {"header": MARK, **CANDIDATE}}))
    assert (marked["matches"][0]["headers"], marked["backendRefs"]) == ([MARK], [NEXT])
    assert others["backendRefs"] == [STABLE]


def test_canaries_said_by_hand_get_their_shares_too() -> None:
    (rule,) = rules(stack(None, canary=[canary(10), canary(20, "b")]))
    assert [(each["name"], each["weight"]) for each in rule["backendRefs"]] == [
        ("iris-predictor", 70),
        ("iris-next-predictor", 10),
        ("iris-b-predictor", 20),
    ]


def test_a_route_alone_leads_to_the_service_that_kserve_makes() -> None:
    (rule,) = rules(stack(None))
    assert [each["name"] for each in rule["backendRefs"]] == ["iris-predictor"]
    (rule,) = rules(stack(None, transformer=CONTAINERS))
    assert [each["name"] for each in rule["backendRefs"]] == ["iris-transformer"]
    (made,) = (each for each in stack(None, route=NGINX).objects(EDGE) if each["kind"] == "Ingress")
    (path,) = made["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"] == {"service": {"name": "iris-predictor", "port": {"number": 80}}}


def test_a_candidate_is_a_canary_of_its_name_with_what_it_says_over_its_stacks() -> None:
    found = beside(stack({"canary": {"weight": 10, **CANDIDATE}}, predictor={"model": MODEL, "startup_seconds": 60}))
    assert found["predictor"]["name"] == "candidate"
    assert found["predictor"]["model"]["storageUri"] == "s3://models/2"
    assert found["predictor"]["model"]["startupProbe"]["failureThreshold"] == 30
    assert found["predictor"]["serviceAccountName"] == "iris"


@pytest.mark.parametrize(
    ("way", "least"),
    [("shadow", 1), ("blue_green", 1), ("canary", None)],
)
def test_a_candidate_without_a_share_of_the_replicas_has_one(way: str, least: int | None) -> None:
    said = {**CANDIDATE, **({"weight": 10} if way == "canary" else {})}
    assert beside(stack({way: said}))["predictor"].get("minReplicas") == least


def test_the_name_and_the_scaling_of_the_stable_version_are_its_own() -> None:
    scaled = {"model": MODEL, "spec": {"name": "first", "minReplicas": 4, "maxReplicas": 8, "logger": {"mode": "all"}}}
    said = {"predictor": {**CANDIDATE["candidate"]["predictor"], "spec": {"minReplicas": 2}}}
    found = beside(stack({"canary": {"weight": 10, "candidate": said}}, predictor=scaled))["predictor"]
    assert (found["name"], found["minReplicas"], found["logger"]) == ("candidate", 2, {"mode": "all"})
    assert "maxReplicas" not in found


def test_a_version_scaled_by_keda_may_have_a_candidate() -> None:
    scaled = {"model": MODEL, "spec": {"minReplicas": 2, "autoScaling": {"metrics": [QUEUE]}}}
    found = stack({"canary": {"weight": 10, **CANDIDATE}}, predictor=scaled, annotations=KEDA)
    assert "autoScaling" not in beside(found)["predictor"]


def test_the_candidate_is_called_claimed_and_drawn_beside_its_stack() -> None:
    found = stack({"shadow": {"copied": 30, **CANDIDATE}})
    assert [(each.model, each.url) for each in found.endpoints(EDGE)] == [
        ("iris", "http://iris-predictor.models.svc/v2/models/iris/infer"),
        ("iris-candidate", "http://iris-candidate-predictor.models.svc/v2/models/iris/infer"),
    ]
    claimed = {"model stack iris", "model stack iris-candidate", "InferenceService iris", "host models.example.it"}
    assert set(found.claims(EDGE)) == claimed
    drawn = [(each.title, each.share, each.copies) for each in found.picture().then]
    assert drawn == [("iris", "", False), ("iris-candidate", "a copy of 30 % of requests", True)]
    assert found.summary() == ("KServe", "predictor", "candidate: a copy of 30 % of requests")
    assert found.versions == (found,)


def test_copies_of_requests_that_only_the_candidate_sends_leave_its_pods() -> None:
    logged = {"predictor": {"spec": {"logger": {"mode": "all"}}}}
    policy = by_kind(stack({"canary": {"weight": 10, "candidate": logged}}).objects(EDGE))["NetworkPolicy"]
    assert {"to": [{"namespaceSelector": {}}]} in policy["spec"]["egress"]


def test_a_route_needs_what_carries_it_out() -> None:
    assert stack(None).needs(EDGE) == (Operator, GatewayApi, Istio)
    assert stack(None).needs(EDGE.model_copy(update={"traits": Traits(gateway_api=True)})) == (Operator, Istio)
    assert stack(None, route={**NGINX, "issuer": "acme"}).needs(EDGE) == (Operator, CertManager)
    assert {"RequestAuthentication", "AuthorizationPolicy"} <= by_kind(
        stack(None, route={**ROUTE, "jwt": JWT}).objects(EDGE)
    ).keys()


def test_kserve_opens_what_the_add_on_says() -> None:
    for choices in ({"gateway": "a/b"}, {"ingress_class": "nginx"}):
        assert Operator.model_validate(choices).conventions(Conventions()).kserve_opens
    assert not Operator().conventions(Conventions()).kserve_opens


CANARY = {"canary": {"weight": 10, **CANDIDATE}}
UNABLE: dict[str, tuple[Context, Fields, str]] = {
    "no route": (EDGE, {"route": None}, "traffic.canary: KServe 0.20 leads no request to a second version"),
    "an Ingress": (EDGE, {"route": NGINX}, "say a route at the gateway, without ingress_class"),
    "no gateway": (Context(), {}, "add a gateway (add-on gateway_api with a gateway_class), and a route there"),
    "by hand": (EDGE, {"traffic": None, "canary": [canary()], "route": None}, "canary: KServe 0.20 leads no request"),
    "two doors": (
        Context(conventions=Conventions(gateway=GATEWAY, kserve_opens=True)),
        {},
        "route: KServe's own would lead past it. Leave it out, or `gateway` and `ingress_class` of the add-on kserve",
    ),
    "cookie": (PLAIN_EDGE, {"traffic": {"ab": {"cookie": MARK, **CANDIDATE}}}, "traffic.ab.cookie: only Istio's"),
    "jwt": (PLAIN_EDGE, {"route": {**ROUTE, "jwt": JWT}}, "route.jwt: a gateway has no such thing"),
}


@pytest.mark.parametrize("case", UNABLE)
def test_what_an_environment_cannot_do_is_told_with_the_cure(case: str) -> None:
    context, choices, told = UNABLE[case]
    assert any(told in str(each) for each in stack(CANARY, **choices).mistakes(context))
    assert list(stack(CANARY).mistakes(EDGE)) == []


def candidate(**predictor: Any) -> Fields:
    return {"traffic": {"canary": {"weight": 10, "candidate": {"predictor": predictor}}}}


REFUSED: dict[str, tuple[Fields, list[str]]] = {
    "what both share": (
        {"traffic": {"canary": {"weight": 1, "candidate": {"transformer": CONTAINERS, "annotations": {}}}}},
        [
            f"traffic.canary.candidate.{field}: is what a candidate shares with its stack. Leave it out"
            for field in ("transformer", "annotations")
        ],
    ),
    "canaries by hand": ({"canary": [canary()]}, ["canary: says what traffic does as well. Keep one"]),
    "a transformer": (
        {"transformer": CONTAINERS},
        ["traffic.canary: the transformer always calls the stable predictor. Leave one of them out"],
    ),
    "scaled": (
        candidate(spec={"maxReplicas": 2}),
        ["traffic.canary.candidate.predictor.spec.maxReplicas: KServe sets"],
    ),
    "named": (candidate(spec={"name": "b"}), ["traffic.canary.candidate.predictor.spec.name: a canary has its name"]),
    "above": (
        candidate(spec={"minReplicas": 2}),
        ["traffic.canary: KServe takes a canary's replicas from the stable predictor's minReplicas, and 2 of"],
    ),
    "of none": (
        {
            "predictor": {"model": MODEL, "spec": {"minReplicas": 0, "autoScaling": {"metrics": [QUEUE]}}},
            "annotations": KEDA,
        },
        ["traffic.canary: KServe takes a canary's replicas from the stable predictor's minReplicas, which is 0"],
    ),
    "containers": (
        candidate(model=None, spec=CONTAINERS),
        ["traffic.canary: KServe merges a canary into the stable predictor, which it can where both say model"],
    ),
    "two colours of several": (
        {"predictor": {"model": MODEL, "spec": {"minReplicas": 3}}, "traffic": {"blue_green": CANDIDATE}},
        ["traffic.blue_green: KServe takes a canary's replicas from the stable predictor's minReplicas, so that not"],
    ),
    "format": (
        candidate(model={"format": "catboost"}),
        ["traffic.canary.candidate.predictor.model.format: runtime 'kserve' serves"],
    ),
    "expose": ({"expose": {}}, ["expose: is for runtimes of one container: KServe makes the Services of its own"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_kserve_cannot_run_is_refused_where_it_stands(case: str) -> None:
    given, told = REFUSED[case]
    with pytest.raises(ValidationError) as caught:
        KServe.model_validate({**OPTIONS["traffic"], **given})
    found = [str(each) for each in mistakes(caught.value, KServe)]
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found
