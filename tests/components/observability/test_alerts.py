import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.observability.alerts import Alert, Objectives, alerts, rules

ALERTS = {each.name: each for each in alerts("models", Objectives())}


@pytest.mark.parametrize(
    ("about", "names"),
    [
        ("error rate", {"ModelErrors"}),
        ("latency", {"ModelSlow"}),
        ("crash loops", {"ModelCrashLoops", "ModelOutOfMemory"}),
        ("model not ready", {"ModelNotReady", "ModelReplicasMissing", "ModelNotScraped"}),
        ("replicas at the maximum", {"ModelAtMaximum"}),
        ("quota", {"ModelsQuota"}),
        ("certificates", {"CertificateNotRenewed", "CertificateEnds"}),
    ],
)
def test_somebody_is_called_about(about: str, names: set[str]) -> None:
    assert names <= ALERTS.keys(), about


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS)
def test_an_alert_says_what_is_wrong_and_what_to_do(alert: Alert) -> None:
    rule = alert.rule()
    assert re.fullmatch(r"\d+m", rule["for"])
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert "{{ $" in rule["annotations"]["summary"]
    assert len(rule["annotations"]["runbook"]) > 60


def test_what_callers_feel_is_critical() -> None:
    critical = {name for name, alert in ALERTS.items() if alert.severity == "critical"}
    assert critical == {"ModelErrors", "ModelCrashLoops", "ModelNotReady", "CertificateEnds"}


def test_objectives_are_the_environments_choice() -> None:
    strict = {each.name: each.query for each in alerts("models", Objectives(error_percent=0.5, p99_seconds=0.25))}
    assert strict["ModelErrors"].endswith(" > 0.005")
    assert strict["ModelSlow"].endswith(" > 0.25")


@pytest.mark.parametrize("choice", [{"error_percent": 0}, {"error_percent": 100}, {"p99_seconds": 11}, {"p50": 1}])
def test_an_objective_that_nothing_can_miss_or_meet_is_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Objectives.model_validate(choice)


def test_one_rule_object_has_what_is_recorded_before_the_alerts_that_read_it() -> None:
    rule = rules("monitoring", "models", Objectives(), of="monitoring")
    recorded, alerting = rule["spec"]["groups"]
    assert rule["metadata"]["namespace"] == "monitoring"
    assert all({"record", "expr", "labels"} == each.keys() for each in recorded["rules"])
    assert [each["alert"] for each in alerting["rules"]] == list(ALERTS)
    assert len({(each["record"], each["labels"]["protocol"]) for each in recorded["rules"]}) == len(recorded["rules"])


def test_the_page_lists_every_alert_with_its_severity() -> None:
    page = (Path(__file__).parents[3] / "docs" / "addons" / "monitoring.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (?:(\d+) min|at once) \| (\w+) \|$", page, re.MULTILINE)
    assert [(name, f"{minutes or 0}m", severity) for name, minutes, severity in listed] == [
        (alert.name, alert.lasting, alert.severity) for alert in ALERTS.values()
    ]
