"""What a month costs: of a made-up cloud, and what the pages of the real ones say."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from components import clusters
from components.cluster import Charge
from components.errors import Invalid, SlipwayError
from infra import cost, settings
from infra.cli import app
from infra.cost import MARK, Estimate

FERRY = """
from components.cluster import Charge, Cluster, ClusterSpec


class Ferry(Cluster):
    class Spec(ClusterSpec):
        machines: int = 2

        def bill(self) -> tuple[Charge, ...]:
            machines = [Charge("m1 hour", 730)] * self.machines
            return (Charge("control plane hour", 730), *machines, Charge("disk GiB month", 99.5))
"""
LIST: dict[str, Any] = {
    "date": "2026-10-01",
    "currency": "EUR",
    "region": "north",
    "source": "https://prices.example.com",
    "prices": {"control plane hour": 0.1, "m1 hour": 0.05},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one cloud, `ferry`: its kind, environment, prices and page."""
    for folder in ("kinds", "prices", "docs/clusters"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "kinds" / "ferry.py").write_text(FERRY)
    (tmp_path / "Pulumi.ferry.yaml").write_text("config: {slipway:cluster: {ferry: }}\n")
    (tmp_path / "prices" / "ferry.yaml").write_text(yaml.safe_dump(LIST))
    (tmp_path / "docs" / "clusters" / "ferry.md").write_text(f"# ferry\n\n{MARK}\nMore.\n")
    monkeypatch.setattr(clusters, "__path__", [*clusters.__path__, str(tmp_path / "kinds")])
    monkeypatch.setattr(cost, "PRICES", tmp_path / "prices")
    yield tmp_path
    sys.modules.pop("components.clusters.ferry", None)
    vars(clusters).pop("ferry", None)


def with_prices(project: Path, **choices: Any) -> Estimate:
    (project / "prices" / "ferry.yaml").write_text(yaml.safe_dump({**LIST, **choices}))
    return cost.of(settings.from_file("ferry", project))


def test_each_charge_is_one_line_and_what_is_not_listed_is_said_and_not_counted(project: Path) -> None:
    found = with_prices(project)
    assert found.rows() == [
        ("control plane hour", "730", "0.1", "73.00"),
        ("m1 hour", "1,460", "0.05", "73.00"),
        ("disk GiB month", "99.5", "not listed", "not counted"),
        ("total without the 1 not listed", "", "", "146.00"),
    ]


def test_what_is_free_is_listed_at_nothing(project: Path) -> None:
    found = with_prices(project, prices={**LIST["prices"], "disk GiB month": 0})
    assert found.rows()[2:] == [("disk GiB month", "99.5", "0", "0.00"), ("total", "", "", "146.00")]


def test_the_note_says_whose_prices_of_when_and_what_is_left_out(project: Path) -> None:
    assert with_prices(project).note() == (
        "EUR, list prices of north on 2026-10-01, at each pool's minimum; traffic and storage used are extra."
    )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 10**6), st.integers(0, 10**6)), max_size=8))
def test_the_total_is_exact(charges: list[tuple[str, int, int]]) -> None:
    """Amounts in tenths and prices in millionths, which floats do not hold."""
    prices = {what: Decimal(price) / 10**6 for what, _, price in charges}
    bill = tuple(Charge(what, tenths / 10) for what, tenths, _ in charges)
    found = cost.estimate(bill, cost.PriceList.model_validate({**LIST, "prices": prices}))
    assert found.total == sum(prices[what] * tenths / 10 for what, tenths, _ in charges)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"date": "soon"}, "ferry.yaml.date: input should be a valid date"),
        ({"currency": "€"}, "ferry.yaml.currency: must have the shape"),
        ({"source": "a colleague"}, "ferry.yaml.source: must have the shape"),
        ({"prices": {"m1 hour": -1}}, "ferry.yaml.prices.m1 hour: must be at least 0; got -1"),
        ({"prices": {"m1 hour": "cheap"}}, "ferry.yaml.prices.m1 hour: input should be a valid decimal"),
        ({"price": {}}, "ferry.yaml.price: unknown key. Did you mean 'prices'?"),
    ],
)
def test_a_wrong_list_of_prices_is_told_where(project: Path, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        with_prices(project, **wrong)
    assert str(caught.value).startswith(message)


def test_a_bill_without_a_list_of_prices_is_refused(project: Path) -> None:
    (project / "prices" / "ferry.yaml").unlink()
    with pytest.raises(SlipwayError, match=r"there is no list of prices .*ferry\.yaml\. Write one, with its date"):
        cost.of(settings.from_file("ferry", project))


def test_a_page_gets_its_table_at_its_mark_and_keeps_the_rest(project: Path) -> None:
    path, text = cost.page("ferry", project)
    assert path == project / "docs" / "clusters" / "ferry.md"
    assert text.startswith(f"# ferry\n\n{MARK}\n| what | quantity | each | a month |\n| --- | ---: | ---: | ---: |\n")
    assert text.endswith(f"[Source](https://prices.example.com).\n\n{MARK}\nMore.\n")
    assert "| m1 hour | 1,460 | 0.05 | 73.00 |\n" in text


def test_a_table_is_made_anew_in_place_of_the_old_one(project: Path) -> None:
    path, text = cost.page("ferry", project)
    path.write_text(text)
    assert cost.page("ferry", project)[1] == text
    with_prices(project, date="2027-01-01")
    assert cost.page("ferry", project)[1] == text.replace("2026-10-01", "2027-01-01")


def test_the_command_shows_the_lines_and_the_note(project: Path) -> None:
    done = CliRunner().invoke(app, ["--project", str(project), "cost", "--env", "ferry"])
    assert done.exit_code == 0
    assert [line.split() for line in done.stdout.splitlines()][1:3] == [
        ["control", "plane", "hour", "730", "0.1", "73.00"],
        ["m1", "hour", "1,460", "0.05", "73.00"],
    ]
    assert "EUR, list prices of north on 2026-10-01, at each pool's minimum" in done.stdout


def test_an_environment_that_no_cloud_bills_says_so() -> None:
    done = CliRunner().invoke(app, ["--project", str(cost.PROJECT), "cost", "--env", "dev"])
    assert (done.exit_code, done.stdout) == (0, "No cloud sends a bill for a cluster of kind k3d.\n")


@pytest.mark.parametrize("kind", cost.kinds())
def test_the_page_of_a_kind_is_up_to_date_and_every_charge_has_its_price(kind: str) -> None:
    path, text = cost.page(kind)
    assert path.read_text(encoding="utf-8") == text, f"{path} is out of date. Run: python -m infra.cost"
    assert "not listed" not in text
