"""What charts know of their values, from the copies of their values.yaml and values.schema.json in shared/."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components import chart_values
from components.chart_values import OPEN_ENDED, Known
from components.unit import Chart
from components.values import merged
from tests.conftest import SHARED

FOLDER = SHARED / "chart-values"


def unknown_keys(chart: Chart) -> list[str]:
    """The dotted keys that `chart` sets, or a mirror would, and the chart does not have. Skips as `known` does."""
    return chart_values.unknown_keys(chart, known(chart))


def refusals(chart: Chart) -> list[str]:
    """Where the chart's values break its schema, and how; Helm would say the same. Skips as `known` does."""
    defaults, schema, _ = known(chart)
    errors = jsonschema.Draft7Validator(schema).iter_errors(merged(defaults, chart.values))
    return sorted(f"{error.json_path}: {error.message}" for error in errors)


def known(chart: Chart) -> Known:
    """What the chart of that very version says of its values; skips the test where no copy of it is at hand."""
    path = _file(chart)
    if path is None:
        pytest.skip(f"the values of chart {chart.name} {chart.version} are not in {FOLDER}: its keys go unchecked")
    return Known(*_read(path), OPEN_ENDED.get(chart.name, ()))


@cache
def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A chart's values, and their schema."""
    schema = path.with_name(path.name.replace(".values.yaml", ".schema.json"))
    values = yaml.load(path.read_text(), yaml.CSafeLoader) or {}
    return values, json.loads(schema.read_text()) if schema.exists() else {}


def _file(chart: Chart) -> Path | None:
    names = (f"{chart.name}-{chart.version}", chart.name, f"istio-{chart.name}")
    return next((path for name in names if (path := FOLDER / f"{name}.values.yaml").exists()), None)
