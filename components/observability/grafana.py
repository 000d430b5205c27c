"""Grafana's dashboards as values: what is drawn, of which query; where it stands follows from that."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from components.objects import platform_object
from components.unit import KubernetesObject
from components.values import DnsLabel, Value

COLUMNS = 24
HEIGHT = 8
SOURCE = {"type": "prometheus", "uid": "prometheus"}
"""The chart's data source."""

Unit = Literal["short", "reqps", "ops", "s", "ms", "percentunit"]
"""What Grafana writes behind a number; reqps and ops are requests and events per second."""


class Query(Value):
    """PromQL, and how its series are called: {{label}} stands for a label's value."""

    expr: str
    legend: str


class Panel(Value):
    """Series over time. `most` is the upper end of its axis where there is one."""

    title: str
    queries: tuple[Query, ...] = Field(min_length=1)
    unit: Unit = "short"
    most: float | None = None
    description: str = ""

    def model(self, number: int, place: dict[str, int]) -> dict[str, Any]:
        """As Grafana stores it."""
        bounds = {"min": 0, **({"max": self.most} if self.most else {})}
        return {
            "id": number,
            "type": "timeseries",
            "title": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": place,
            "fieldConfig": {"defaults": {"unit": self.unit, **bounds}, "overrides": []},
            "options": {"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]}},
            "targets": [
                {"refId": chr(ord("A") + index), "expr": each.expr, "legendFormat": each.legend, "datasource": SOURCE}
                for index, each in enumerate(self.queries)
            ],
        }


class Row(Value):
    """Panels that stand side by side under a heading, equally wide."""

    title: str
    panels: tuple[Panel, ...] = Field(min_length=1, max_length=4)


class Variable(Value):
    """A choice at the top of a dashboard, of the values that `query` has for `label`; queries write $name."""

    name: str
    label: str
    query: str

    def model(self) -> dict[str, Any]:
        """As Grafana stores it: several may be chosen, at first all are."""
        return {
            "name": self.name,
            "type": "query",
            "datasource": SOURCE,
            "query": {"query": f"label_values({self.query}, {self.label})", "refId": self.name},
            "refresh": 2,
            "sort": 1,
            "multi": True,
            "includeAll": True,
            "current": {"text": ["All"], "value": ["$__all"]},
        }


class Dashboard(Value):
    """`name` is its address in Grafana (/d/NAME) and the name of its ConfigMap."""

    name: DnsLabel
    title: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, row by row."""
        return tuple(panel for row in self.rows for panel in row.panels)

    def model(self) -> dict[str, Any]:
        """As Grafana stores it."""
        return {
            "uid": self.name,
            "title": self.title,
            "tags": ["slipway"],
            "schemaVersion": 41,
            "editable": False,
            "timezone": "browser",
            "refresh": "1m",
            "time": {"from": "now-3h", "to": "now"},
            "templating": {"list": [variable.model() for variable in self.variables]},
            "panels": list(self._placed()),
        }

    def config_map(self, namespace: str, of: str) -> KubernetesObject:
        """Where the sidecar of Grafana finds it."""
        data = {f"{self.name}.json": self._text}
        found = platform_object("v1", "ConfigMap", self.name, namespace, of=of, data=data)
        found["metadata"]["labels"] |= {"grafana_dashboard": "1"}
        return found

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.model(), indent=1, sort_keys=True) + "\n"

    def _placed(self) -> Iterator[dict[str, Any]]:
        number = top = 0
        for row in self.rows:
            number += 1
            place = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
            yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [], "gridPos": place}
            width = COLUMNS // len(row.panels)
            for index, panel in enumerate(row.panels):
                number += 1
                yield panel.model(number, {"x": index * width, "y": top + 1, "w": width, "h": HEIGHT})
            top += 1 + HEIGHT
