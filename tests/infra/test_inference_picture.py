"""A model stack's way of requests, drawn."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.model_stack import ModelStack
from components.picture import Step
from infra.graph.inference import ARROW, mermaid, place, svg
from model_stacks.iris_graph import STACK
from tests.components.seldon.options import LEAVES, Fields, node, predictor, tree
from tests.components.seldon.options import stack as seldon
from tests.samples import stack as mlserver

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "iris-graph.svg"
CANARY: tuple[Fields, ...] = (
    predictor(traffic=90),
    predictor("canary", traffic=10, graph=tree("ROUTER", tree("COMBINER", *LEAVES), node("c"))),
    predictor("copy", shadow=True),
)
SVG = "{http://www.w3.org/2000/svg}"


def texts(document: str) -> list[str | None]:
    return [each.text for each in ElementTree.fromstring(document).iter(f"{SVG}text")]


def test_mermaid_has_each_node_and_the_share_of_each_arrow() -> None:
    assert mermaid(STACK.picture()).splitlines() == [
        "flowchart LR",
        'step_0["requests"]',
        "step_0 --> step_1",
        'step_1["centimetres<br>transformer"]',
        "step_1 --> step_2",
        'step_2["species<br>combiner"]',
        "step_2 --> step_3",
        'step_3["ab-test<br>A/B test"]',
        'step_3 -->|"50 %"| step_4',
        'step_3 -->|"50 %"| step_5',
        'step_4["all<br>model"]',
        'step_5["petals<br>model"]',
    ]


def test_a_shadow_has_a_dashed_arrow_and_every_request() -> None:
    drawn = mermaid(seldon(*CANARY).picture())
    assert [line for line in drawn.splitlines() if line.startswith("step_0 ")] == [
        'step_0 -->|"90 %"| step_1',
        'step_0 -->|"10 %"| step_3',
        'step_0 -.->|"100 %"| step_9',
    ]


def test_the_svg_says_every_name_role_and_share_and_takes_nothing_from_elsewhere() -> None:
    document = svg("graph", seldon(*CANARY).picture())
    assert {"graph", "requests", "main", "canary", "router", "combiner", "90 %", "10 %", "100 %"} <= set(
        texts(document)
    )
    assert len(re.findall('class="arrow copies"', document)) == 1
    assert re.findall(r"https?://[^\"]*", document) == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("stack", [seldon(*CANARY), STACK], ids=["canary", "iris-graph"])
def test_nothing_overlaps_and_what_follows_is_to_the_right(stack: ModelStack) -> None:
    placed = place(stack.picture())
    areas = [each.area for each in placed.walk()]
    for one, other in combinations(areas, 2):
        apart = one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y
        assert apart, (one, other)
    assert all(then.area.x == each.area.right + ARROW for each in placed.walk() for then in each.then)


def test_a_model_server_has_a_simple_picture(tmp_path: Path) -> None:
    (server,) = mlserver(tmp_path).picture().then
    assert server == Step("iris", ("MLServer", "replicas: 1"), then=(Step("iris", ("sklearn model",)),))


def test_both_versions_of_a_model_server_are_drawn_and_what_the_new_one_gets(tmp_path: Path) -> None:
    traffic = {"canary": {"weight": 25, "candidate": {"startup_seconds": 60}}}
    picture = mlserver(tmp_path, replicas=4, traffic=traffic).picture()
    assert [(each.title, each.share) for each in picture.then] == [("iris", ""), ("iris-candidate", "25 % of requests")]


def test_words_stay_words() -> None:
    assert mermaid(Step('<b>"&')).splitlines()[1] == 'step_0["#lt;b#gt;#quot;#amp;"]'
    assert texts(svg("t", Step("<b>")))[1] == "<b>"


def test_the_picture_in_the_docs_is_what_is_drawn() -> None:
    assert PICTURE.read_text() == svg(STACK.name, STACK.picture())
