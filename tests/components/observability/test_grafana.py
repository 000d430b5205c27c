import json
from itertools import combinations
from typing import Any

import pytest
from pydantic import ValidationError

from components.observability.dashboards import dashboards
from components.observability.grafana import Dashboard, Panel, Query, Row, Variable

QUERY = Query(expr="up", legend="{{pod}}")
ALL = dashboards("models")


def panel(title: str = "Up", **choices: Any) -> Panel:
    return Panel.model_validate({"title": title, "queries": [QUERY], **choices})


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not (beside or above)


@pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.name)
def test_nothing_stands_on_anything_else_or_outside(dashboard: Dashboard) -> None:
    places = [each["gridPos"] for each in dashboard.model()["panels"]]
    assert not any(overlap(one, other) for one, other in combinations(places, 2))
    assert all(place["x"] + place["w"] <= 24 for place in places)


@pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.name)
def test_every_panel_has_a_number_of_its_own_and_the_chart_s_data_source(dashboard: Dashboard) -> None:
    panels = dashboard.model()["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    drawn = [each for each in panels if each["type"] == "timeseries"]
    assert len(drawn) == len(dashboard.panels)
    assert {each["datasource"]["uid"] for each in drawn} == {"prometheus"}


@pytest.mark.parametrize("dashboard", ALL, ids=lambda each: each.name)
def test_every_choice_at_the_top_is_used_and_no_other(dashboard: Dashboard) -> None:
    queries = " ".join(query.expr for panel in dashboard.panels for query in panel.queries)
    used = {word.split('"')[0] for word in queries.split("$")[1:]}
    assert used == {variable.name for variable in dashboard.variables}


def test_the_dashboards_show_what_a_team_asks_first() -> None:
    serving = {panel.title for panel in ALL[0].panels}
    assert serving >= {"Requests", "Errors", "Latency", "Failures", "Mean latency", "CPU throttled", "Restarts"}
    (latency,) = (panel for panel in ALL[0].panels if panel.title == "Latency")
    assert [query.legend.split()[-1] for query in latency.queries] == ["p50", "p90", "p99"]


def test_a_panel_is_stored_as_grafana_spells_it() -> None:
    row = Row(title="All", panels=(panel(), panel("Share", unit="percentunit", most=1)))
    stored = Dashboard(name="notes", title="Notes", rows=(row,)).model()
    heading, first, second = stored["panels"]
    assert (heading["type"], heading["title"], heading["gridPos"]["w"]) == ("row", "All", 24)
    assert first["targets"] == [
        {"refId": "A", "expr": "up", "legendFormat": "{{pod}}", "datasource": first["datasource"]},
    ]
    assert second["gridPos"] == {"x": 12, "y": 1, "w": 12, "h": 8}
    assert second["fieldConfig"]["defaults"] == {"unit": "percentunit", "min": 0, "max": 1}


def test_a_choice_starts_with_everything() -> None:
    stored = Variable(name="stack", label="stack", query="up").model()
    assert stored["query"]["query"] == "label_values(up, stack)"
    assert (stored["multi"], stored["includeAll"], stored["current"]["value"]) == (True, True, ["$__all"])


def test_the_sidecar_finds_it_by_its_label_and_the_same_text_each_time() -> None:
    dashboard = Dashboard(name="notes", title="Notes", rows=(Row(title="All", panels=(panel(),)),))
    first, again = (dashboard.config_map("monitoring", of="monitoring") for _ in range(2))
    assert first["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert first == again
    assert json.loads(first["data"]["notes.json"]) == dashboard.model()


@pytest.mark.parametrize(
    "choice", [{"queries": []}, {"unit": "percent"}, {"width": 3}, {"title": "x", "queries": [{"expr": "up"}]}]
)
def test_a_panel_that_grafana_would_not_draw_is_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        panel(**choice)
