"""Every query is PromQL, and asks for what is exported or recorded, by labels that it has."""

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from components.autoscaler import GPU, IN_FLIGHT
from components.observability.alerts import Objectives, alerts
from components.observability.dashboards import dashboards
from components.observability.serving import recordings

SCRAPED = {"namespace", "pod", "container", "job", "instance", "stack", "owner", "graph"}
"""The labels that Prometheus and the monitors add to whatever they scrape."""
EXPORTED: dict[str, set[str]] = {
    metric: {*labels, *SCRAPED}
    for exporter in yaml.safe_load(Path(__file__).with_name("metrics.yaml").read_text())
    for metric, labels in exporter["metrics"].items()
}
RECORDED = {"namespace", "stack", "protocol", "model", "version", "le"}
KNOWN = EXPORTED | {each.record: RECORDED for each in recordings()}

QUERIES = {
    **{f"an autoscaler: {text}": text.format(namespace="models", name="iris") for text in (IN_FLIGHT, GPU)},
    **{f"{each.record} {each.protocol}": each.query for each in recordings()},
    **{each.name: each.query for each in alerts("models", Objectives())},
    **{
        f"{dashboard.name}: {row.title}: {panel.title}: {query.legend}": query.expr
        for dashboard in dashboards("models")
        for row in dashboard.rows
        for panel in row.panels
        for query in panel.queries
    },
}


def selectors(node: Any) -> list[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def visit(each: promql_parser.Expr) -> None:
        if isinstance(each, promql_parser.VectorSelector):
            found.append(each)

    promql_parser.walk(node, visit)
    return found


def groupings(node: Any) -> list[tuple[set[str], promql_parser.Expr]]:
    """The labels of each `by`, with what is grouped."""
    found: list[tuple[set[str], promql_parser.Expr]] = []

    def visit(each: promql_parser.Expr) -> None:
        if isinstance(each, promql_parser.AggregateExpr) and each.modifier:
            found.append((set(each.modifier.labels), each.expr))

    promql_parser.walk(node, visit)
    return found


def mistakes(query: str) -> list[str]:
    """What is asked for and is not there. Raises ValueError where the query is not PromQL."""
    parsed = promql_parser.parse(query)
    found = [f"no metric {each.name}" for each in selectors(parsed) if each.name not in KNOWN]
    for each in selectors(parsed):
        matched = {matcher.name for matcher in each.matchers.matchers}
        found += [f"{each.name} has no label {label}" for label in matched - KNOWN.get(each.name or "", matched)]
    for labels, grouped in groupings(parsed):
        there = set().union(*(KNOWN.get(each.name or "", set()) for each in selectors(grouped)))
        there |= set(re.findall(r'label_replace\(.*?, "(\w+)"', query))
        found += [f"nothing grouped has the label {label}" for label in labels - there]
    return found


def test_every_query_is_judged_under_a_name_of_its_own() -> None:
    drawn = sum(len(panel.queries) for dashboard in dashboards("models") for panel in dashboard.panels)
    assert len(QUERIES) == len(recordings()) + len(alerts("models", Objectives())) + drawn


def test_selectors_are_found_in_ranges_and_in_operators() -> None:
    assert [each.name for each in selectors(promql_parser.parse("rate(a[5m]) + b{x='y'}"))] == ["a", "b"]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_asks_for_what_is_exported(query: str) -> None:
    assert mistakes(query) == []


@pytest.mark.parametrize(
    ("query", "mistake"),
    [
        ("rest_server_requests", "no metric rest_server_requests"),
        ('up{stak="x"}', "up has no label stak"),
        ("sum by (model) (rate(rest_server_requests_total[5m]))", "nothing grouped has the label model"),
    ],
)
def test_a_misspelt_query_is_found(query: str, mistake: str) -> None:
    assert mistakes(query) == [mistake]


def test_a_query_that_is_not_promql_is_found() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        mistakes("sum(up")


@pytest.mark.parametrize("dashboard", dashboards("models"), ids=lambda each: each.name)
def test_a_legend_names_labels_that_are_left(dashboard: Any) -> None:
    for panel in dashboard.panels:
        for query in panel.queries:
            parsed = promql_parser.parse(query.expr)
            grouped = [labels for labels, _ in groupings(parsed)]
            left = (
                set().union(*grouped)
                if grouped
                else set().union(*(KNOWN[each.name or ""] for each in selectors(parsed)))
            )
            assert set(re.findall(r"{{(\w+)}}", query.legend)) <= left, panel.title


def test_every_recorded_series_is_looked_at() -> None:
    read = {each.name for query in QUERIES.values() for each in selectors(promql_parser.parse(query))}
    assert {each.record for each in recordings()} <= read


def test_every_metric_of_the_list_is_asked_for() -> None:
    read = {each.name for query in QUERIES.values() for each in selectors(promql_parser.parse(query))}
    assert set(EXPORTED) <= read


def test_only_pods_of_models_are_asked_about_in_their_namespace() -> None:
    elsewhere = [*alerts("science", Objectives()), *(p for d in dashboards("science") for p in d.panels)]
    assert 'namespace="models"' not in repr(elsewhere)
