"""Where an operator runs both versions as one resource, what the candidate reads counts as its stack's."""

import pytest

from components.context import Context, Conventions
from components.runtimes.kserve import KServe
from components.runtimes.seldon import Seldon
from components.traffic.operated import Operated
from tests.components.kserve.options import OPTIONS as KSERVE
from tests.components.seldon.options import OPTIONS as SELDON
from tests.components.seldon.options import fields, predictor
from tests.schema.emitted import CLOUD

MODELS = {name: {"name": "clf", "model": {"format": "sklearn", "uri": f"s3://{name}/iris"}} for name in ("one", "two")}
GRAPHS = fields(
    predictor(graph=MODELS["one"]),
    traffic={"canary": {"weight": 10, "candidate": {"predictors": [predictor("candidate", graph=MODELS["two"])]}}},
)
STACKS: dict[str, tuple[Operated, str]] = {
    "seldon": (Seldon.model_validate(GRAPHS), "traffic.canary.candidate.predictors[0].graph.model.uri"),
    "seldon's spelling": (
        Seldon.model_validate(SELDON["traffic"]),
        "traffic.canary.candidate.predictors[0].graph.model_uri",
    ),
    "kserve": (KServe.model_validate(KSERVE["traffic"]), "traffic.canary.candidate.predictor.model.uri"),
}


@pytest.mark.parametrize("name", STACKS)
def test_where_its_model_comes_from_is_judged_where_it_is_said(name: str) -> None:
    stack, path = STACKS[name]
    found = [str(each) for each in stack.mistakes(Context(conventions=Conventions(sources=())))]
    assert [each for each in found if each.startswith(f"{path}: s3://")]


@pytest.mark.parametrize(("name", "stores"), [("seldon", ("s3://one/iris", "s3://two/iris")), ("kserve", None)])
def test_the_stores_of_both_are_granted_to_the_one_account(name: str, stores: tuple[str, ...] | None) -> None:
    stack, _ = STACKS[name]
    (grant,) = stack.unit(Context(traits=CLOUD)).grants
    assert grant.account == stack.name
    assert grant.stores == (stores or ("s3://models/iris", "s3://models/2"))


def test_a_stack_without_traffic_has_no_candidate() -> None:
    assert KServe.model_validate(KSERVE["plain"]).candidate is None
