import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.addon import Addon
from components.addons.metrics_server import MetricsServer
from components.clusters.k3d import K3d
from components.context import Context, Traits
from components.environment import Environment
from components.model import Model
from components.model_stack import ModelStack
from components.runtimes.mlserver import MLServer
from components.unit import Chart, KubernetesObject, Namespace, Unit
from infra import graph, settings
from infra.graph.diagram import diagram
from infra.graph.layout import MOST_CHARACTERS, MOST_LINES, Area, Layout, arrange, fitted, shortened
from infra.settings import ClusterKind, Target
from tests.samples import artefact

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
BUSY = {"autoscaling": {"min_replicas": 2, "max_replicas": 9}}


class Mesh(Addon):
    """Waits for nothing."""

    def unit(self, context: Context) -> Unit:
        chart = Chart(name="mesh", repository="https://example.com", version="1.2.3", release="mesh")
        return Unit(name="mesh", namespace=Namespace(name="mesh-system"), charts=(chart,))


class Gateway(Addon):
    """Waits for the mesh."""

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (Mesh,)

    def unit(self, context: Context) -> Unit:
        return Unit(name="gateway", namespace=Namespace(name="gateway-system"))


class Routed(ModelStack):
    """Waits for an add-on of each wave before it, so one of its arrows passes a wave."""

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (Mesh, Gateway)

    def objects(self, context: Context) -> list[KubernetesObject]:
        return []


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return Model(format="sklearn", artefact=artefact(tmp_path))


def target(*stacks: ModelStack, addons: tuple[Addon, ...] = ()) -> Target:
    spec = K3d.Spec(traits=Traits(metrics_api=False))
    return Target("trial", ClusterKind(K3d, spec), Environment(addons=addons, stacks=stacks))


def fleet(model: Model, size: int) -> Target:
    """`size` stacks, each third of which waits for metrics-server."""
    choices = (BUSY if number % 3 == 0 else {} for number in range(size))
    stacks = (
        MLServer.model_validate({"name": f"s{number}", "owner": "science", "models": {"m": model}, **chosen})
        for number, chosen in enumerate(choices)
    )
    return target(*stacks, addons=(MetricsServer(),))


def chain() -> Target:
    return target(Routed(name="routed", owner="science"), addons=(Gateway(), Mesh()))


def overlap(one: Area, other: Area) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def inside(inner: Area, outer: Area) -> bool:
    return outer.x <= inner.x <= inner.right <= outer.right and outer.y <= inner.y <= inner.bottom <= outer.bottom


def areas(layout: Layout) -> dict[str, Area]:
    return {box.name: area for box, area in layout.boxes}


def texts(svg: str) -> list[str | None]:
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_drawing_in_the_documentation_is_up_to_date() -> None:
    saved = ROOT / "docs" / "images" / "sandbox.svg"
    current = graph.svg(settings.from_file("sandbox", ROOT))
    assert saved.read_text() == current, f"Run: slipway graph --env sandbox --out {saved.relative_to(ROOT)}"


def test_units_are_blocks_by_wave_namespace_and_what_they_wait_for(model: Model) -> None:
    blocks = [(b.wave, b.namespace, b.after, [box.name for box in b.boxes]) for b in diagram(fleet(model, 5)).blocks]
    assert blocks == [
        (1, "metrics-server", (), ["metrics-server"]),
        (2, "models", ("metrics-server",), ["s0", "s3"]),
        (1, "models", (), ["s1", "s2", "s4"]),
    ]


def test_a_stack_is_drawn_with_its_own_summary_and_an_add_on_with_its_charts(model: Model) -> None:
    busy = MLServer.model_validate({"name": "s", "owner": "o", "models": {"a": model, "b": model}, **BUSY})
    drawn = diagram(target(busy, addons=(MetricsServer(), Mesh())))
    lines = {box.name: (box.role, box.lines) for block in drawn.blocks for box in block.boxes}
    assert drawn.title == "trial (cluster: k3d)"
    assert lines["mesh"] == ("add-on", ("chart mesh 1.2.3",))
    assert lines["s"] == (
        "model stack",
        (
            "MLServer",
            "replicas: 2 to 9, by CPU",
            "docker.io/seldonio/mlserver:1.7.1-sklearn",
            "model a: sklearn",
            "model b: sklearn",
        ),
    )


def test_fixed_replicas_are_said(model: Model) -> None:
    assert "replicas: 4" in MLServer(name="s", owner="o", models={"m": model}, replicas=4).summary()


@pytest.mark.parametrize("size", [0, 1, 8, 60])
def test_nothing_overlaps_and_everything_is_where_it_belongs(model: Model, size: int) -> None:
    drawn = diagram(fleet(model, size))
    layout = arrange(drawn)
    placed, namespaces = areas(layout), dict(layout.namespaces)
    assert len(placed) == size + 1
    assert not any(overlap(*pair) for pair in combinations(placed.values(), 2))
    assert not any(overlap(*pair) for pair in combinations(namespaces.values(), 2))
    assert all(inside(placed[box.name], namespaces[block.namespace]) for block in drawn.blocks for box in block.boxes)
    assert all(inside(area, layout.page) for area in namespaces.values())


def test_a_later_wave_is_further_right() -> None:
    placed = areas(arrange(diagram(chain())))
    assert placed["mesh"].right < placed["gateway"].x
    assert placed["gateway"].right < placed["routed"].x


@pytest.mark.parametrize("size", [1, 8, 60, 200])
def test_a_long_column_becomes_several_near_a_square(model: Model, size: int) -> None:
    stacks = (MLServer(name=f"s{number}", owner="science", models={"m": model}) for number in range(size))
    ((_, area),) = arrange(diagram(target(*stacks))).namespaces
    assert 0.5 < area.width / area.height < 3.1


def test_one_arrow_stands_for_all_that_wait_for_the_same(model: Model) -> None:
    layout = arrange(diagram(fleet(model, 60)))
    (arrow,), (frame,), placed = layout.arrows, layout.shared, areas(layout)
    assert all(inside(placed[f"s{number}"], frame) == (number % 3 == 0) for number in range(60))
    assert arrow.start[0] == placed["metrics-server"].right
    assert arrow.end == frame.x
    assert frame.y < arrow.turns[-1][1] < frame.bottom


def test_a_single_box_is_met_by_the_arrow_itself() -> None:
    layout = arrange(diagram(chain()))
    assert layout.shared == ()
    assert sorted(arrow.end for arrow in layout.arrows) == sorted(
        areas(layout)[name].x for name in ("gateway", "routed", "routed")
    )


def test_an_arrow_that_passes_a_wave_passes_beside_its_boxes() -> None:
    layout = arrange(diagram(chain()))
    placed = areas(layout)
    (passing,) = (arrow for arrow in layout.arrows if arrow.start[0] < placed["gateway"].x and len(arrow.turns) > 1)
    assert passing.end == placed["routed"].x
    assert not placed["gateway"].y < passing.turns[0][1] < placed["gateway"].bottom


def test_a_box_shows_so_many_lines_and_characters_and_says_how_many_more() -> None:
    lines = fitted(("x" * 100, *(f"model m{number}" for number in range(20))))
    assert len(lines) == MOST_LINES
    assert max(map(len, lines)) == MOST_CHARACTERS
    assert lines[-1] == "… 14 more"


@pytest.mark.parametrize("most", [2, 3, 9, 10])
def test_a_shortened_text_keeps_both_ends(most: int) -> None:
    text = shortened("abcdefghijk", most)
    assert len(text) == most
    assert text[-1] == "k"
    assert shortened("abc", 3) == "abc"


def test_the_svg_says_every_name_and_takes_nothing_from_elsewhere(model: Model) -> None:
    svg = graph.svg(fleet(model, 8))
    shown = texts(svg)
    assert {f"s{number}" for number in range(8)} <= set(shown)
    assert {"namespace models", "namespace metrics-server", "wave 1", "wave 2"} <= set(shown)
    assert not re.search(r"href|url\(|@import|<script|<image", svg)
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]


def test_what_a_stack_says_stays_text(model: Model) -> None:
    text = '</text><script>"&#39;<x:1'

    class Odd(MLServer):
        def summary(self) -> tuple[str, ...]:
            return (*super().summary(), text)

    drawn = target(Odd(name="s", owner="o", models={"m": model}))
    assert text in texts(graph.svg(drawn))
    assert "#lt;/text#gt;#lt;script#gt;#quot;#amp;#35;39;#lt;x:1" in graph.mermaid(drawn)


def test_mermaid_has_each_namespace_box_and_arrow(model: Model) -> None:
    assert graph.mermaid(fleet(model, 4)).splitlines() == [
        "flowchart LR",
        'subgraph cluster["trial (cluster: k3d)"]',
        "direction LR",
        'subgraph namespace_metrics_server["metrics-server"]',
        'unit_metrics_server["metrics-server (add-on)<br>objects: 10"]',
        "end",
        'subgraph namespace_models["models"]',
        *(f'unit_s{n}["s{n} (model stack)<br>{"<br>".join(_summary(model, n))}"]' for n in (0, 3, 1, 2)),
        "end",
        "end",
        "unit_metrics_server --> unit_s0 & unit_s3",
    ]


def test_an_empty_environment_is_a_drawing_too() -> None:
    assert "trial (cluster: k3d)" in texts(graph.svg(target()))
    assert graph.mermaid(target()).splitlines()[-2:] == ["direction LR", "end"]


def test_drawings_are_the_same_in_every_run() -> None:
    program = (
        "from pathlib import Path; from infra import graph, settings; t = settings.from_file('sandbox', Path.cwd());"
        "print(graph.svg(t), graph.mermaid(t))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, cwd=ROOT, stdout=-1, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def _summary(model: Model, number: int) -> tuple[str, ...]:
    replicas = "2 to 9, by CPU" if number % 3 == 0 else "1"
    return "MLServer", f"replicas: {replicas}", "docker.io/seldonio/mlserver:1.7.1-sklearn", f"model m: {model.format}"
