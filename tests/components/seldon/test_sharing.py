"""A stack's candidate as a second predictor: its share, and what no gateway of Seldon's could do."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.istio import Istio
from components.context import Context, Conventions
from components.mistakes import mistakes
from components.runtimes.seldon import Seldon
from tests.components.seldon.options import CANDIDATE, OPTIONS, Fields, fields, node, predictor
from tests.samples import by_kind

MARK = {"name": "x-version", "value": "b"}
ROUTED = Context(conventions=Conventions(graph_routes=True))


def stack(way: Fields, *predictors: Fields) -> Seldon:
    return Seldon.model_validate(fields(*predictors, traffic=way))


def emitted(found: Seldon) -> Any:
    return by_kind(found.objects(ROUTED))["SeldonDeployment"]["spec"]["predictors"]


@pytest.mark.parametrize(
    ("way", "shares"),
    [
        ({"canary": {"weight": 10}}, [90, 10]),
        ({"canary": {"weight": 0}}, [100, 0]),
        ({"canary": {"steps": [5, 50, 100], "step": 2}}, [50, 50]),
        ({"ab": {"weight": 30}}, [70, 30]),
        ({"blue_green": {}}, [100, 0]),
        ({"blue_green": {"live": "candidate"}}, [0, 100]),
    ],
)
def test_each_version_is_a_predictor_with_its_share(way: dict[str, Fields], shares: list[int]) -> None:
    ((kind, said),) = way.items()
    stable, candidate = emitted(stack({kind: {**said, **CANDIDATE}}))
    assert [stable["traffic"], candidate["traffic"]] == shares
    assert (stable["name"], candidate["name"]) == ("main", "candidate")
    assert (stable["graph"]["modelUri"], candidate["graph"]["modelUri"]) == ("s3://models/iris", "s3://models/iris/2")
    assert "shadow" not in candidate


@pytest.mark.parametrize("copied", [100, 30])
def test_a_shadow_gets_copies_and_the_stable_version_everything(copied: int) -> None:
    stable, candidate = emitted(stack({"shadow": {"copied": copied, **CANDIDATE}}))
    assert (stable["traffic"], candidate["traffic"], candidate["shadow"]) == (100, copied, True)


def test_it_is_what_several_predictors_said_by_hand_are() -> None:
    (candidate,) = CANDIDATE["candidate"]["predictors"]
    by_hand = Seldon.model_validate(fields(predictor(traffic=90), {**candidate, "traffic": 10}))
    assert stack({"canary": {"weight": 10, **CANDIDATE}}).objects(ROUTED) == by_hand.objects(ROUTED)


def test_the_candidate_is_called_claimed_and_drawn_beside_its_stack() -> None:
    found = stack({"canary": {"weight": 10, **CANDIDATE}})
    assert [(each.model, each.url.partition("/api")[0]) for each in found.endpoints(ROUTED)] == [
        ("graph", "http://graph-main.models.svc:8000"),
        ("graph-candidate", "http://graph-candidate.models.svc:8000"),
    ]
    assert found.claims(ROUTED) == ("model stack graph", "model stack graph-main", "model stack graph-candidate")
    assert [(each.title, each.share) for each in found.picture().then] == [("main", "90 %"), ("candidate", "10 %")]
    assert found.summary()[1:3] == ("main: 90 %", "candidate: 10 %")
    assert found.versions == (found,)
    assert Istio in found.needs(ROUTED)


def test_code_of_both_versions_is_brought() -> None:
    other = predictor("candidate", graph=node("clf", "linear", "Linear"))
    found = stack({"canary": {"weight": 10, "candidate": {"predictors": [other]}}}, predictor(graph=node("clf")))
    maps = [each["metadata"]["name"] for each in found.objects(ROUTED) if each["kind"] == "ConfigMap"]
    assert len({*maps}) == 2


def test_without_a_gateway_of_seldons_nothing_shares_them() -> None:
    (told,) = stack({"canary": {"weight": 10, **CANDIDATE}}).mistakes(Context())
    assert "nothing here routes requests among 2 of them" in told.message


REFUSED: dict[str, tuple[Fields, list[str]]] = {
    "header": (
        {"traffic": {"ab": {"header": MARK, **CANDIDATE}}},
        ["traffic.ab.header: Seldon shares requests by weight alone. Say weight, or use a runtime of one container"],
    ),
    "cookie": (
        {"traffic": {"ab": {"cookie": MARK, **CANDIDATE}}},
        ["traffic.ab.cookie: Seldon shares requests by weight alone"],
    ),
    "two by hand": (
        {"predictors": [predictor(traffic=50), predictor("b", traffic=50)]},
        ["traffic: is for one predictor that answers and a candidate, and there are 2. Leave it out"],
    ),
    "a share by hand": (
        {"predictors": [predictor(traffic=100)]},
        ["predictors[0].traffic: is what the stack's traffic says. Leave it out"],
    ),
    "none": ({"predictors": []}, ["there is no predictor. Add one"]),
    "a candidate's share": (
        {"traffic": {"canary": {"weight": 1, "candidate": {"predictors": [predictor("candidate", traffic=100)]}}}},
        ["traffic.canary.candidate.predictors[0].traffic: is what the stack's traffic says"],
    ),
    "a candidate's name": (
        {"traffic": {"shadow": {"candidate": {"predictors": [predictor()]}}}},
        ["traffic.shadow.candidate.predictors[0].name: is 'main', and that of a candidate is 'candidate'. Change it"],
    ),
    "two candidates": (
        {
            "traffic": {
                "ab": {
                    "weight": 5,
                    "candidate": {"predictors": [predictor("candidate", traffic=50), predictor("b", traffic=50)]},
                }
            }
        },
        [
            "traffic.ab.candidate.predictors: has 2, and a candidate is one predictor. Keep one",
            "traffic.ab.candidate.predictors[0].traffic: is what the stack's traffic says",
        ],
    ),
    "what both share": (
        {"traffic": {"ab": {"weight": 5, "candidate": {"protocol": "v2", "annotations": {}, "sample": {}}}}},
        [
            f"traffic.ab.candidate.{field}: is what a candidate shares with its stack. Leave it out"
            for field in ("protocol", "annotations", "sample")
        ],
    ),
    "no model": (
        {"traffic": {"ab": {"weight": 5, "candidate": {"predictors": [predictor("candidate", graph={"name": "x"})]}}}},
        ["traffic.ab.candidate.predictors[0]: predictor 'candidate' has node 'x' with nothing that serves it"],
    ),
    "doors of others": (
        {"route": {"host": "a.example.it"}, "expose": {}, "traffic": None},
        [
            f"{door}: is for runtimes of one container: Seldon opens its graphs itself, at Istio's gateway"
            for door in ("route", "expose")
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_seldon_cannot_share_is_refused_where_it_stands(case: str) -> None:
    given, told = REFUSED[case]
    with pytest.raises(ValidationError) as caught:
        Seldon.model_validate({**OPTIONS["traffic"], **given})
    found = [str(each) for each in mistakes(caught.value, Seldon)]
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found
