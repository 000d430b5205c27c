"""Levels and exceptions: what a violation weighs, and who may break a rule until when."""

from datetime import date
from typing import Any

import pytest

from infra.policy import Exemption, Level, Severity, Terms, judge, verdict
from infra.policy.terms import from_config

from .cases import BREAKS
from .edits import REMOVE, Edit, edited

Manifests = list[dict[str, Any]]

TODAY = date(2026, 11, 21)
DECISION = {"rule": "probe-readiness", "object": "Deployment models/iris", "reason": "asks its neighbour"}
PATH = ("spec", "template", "spec", "containers", 0, "readinessProbe")
BROKEN = Edit("Deployment/iris", PATH, REMOVE)


def terms(object: str = DECISION["object"], until: date | None = TODAY, level: Level = Level.PRODUCTION) -> Terms:
    return Terms(level, (Exemption(DECISION["rule"], object, DECISION["reason"], until),), today=TODAY)


@pytest.fixture
def broken(good: Manifests) -> Manifests:
    return edited(good, BROKEN)


def test_a_laptop_is_warned_where_production_is_refused(good: Manifests) -> None:
    for rule, edits in BREAKS:
        objects = edited(good, *edits)
        assert {(each.rule, each.severity) for each in judge(objects, Terms(Level.LAPTOP))} == {
            (rule, Severity.ADVISORY)
        }


@pytest.mark.parametrize("object", ["Deployment models/iris", "Deployment models/*", "* models/iris", "*"])
@pytest.mark.parametrize("until", [TODAY, date(2030, 1, 1), None])
def test_an_exception_holds_to_the_end_of_its_last_day(broken: Manifests, object: str, until: date | None) -> None:
    found = verdict(broken, terms(object, until))
    assert found.violations == ()
    assert found.unused == ()
    given = terms(object, until).exemptions
    [violation] = [violation for violation, exemption in found.excepted if exemption in given]
    assert (violation.rule, violation.object) == ("probe-readiness", "Deployment models/iris")


def test_after_its_last_day_the_violation_speaks_and_says_so(broken: Manifests) -> None:
    found = verdict(broken, terms(until=date(2026, 11, 20)))
    [violation] = found.violations
    assert violation.message == "counts as ready whatever it does; the exception for it ended on 2026-11-20"
    assert violation.severity is Severity.MANDATORY
    assert found.unused == ()


@pytest.mark.parametrize("object", ["Deployment models/rose", "Deployment iris", "StatefulSet models/iris", ""])
def test_an_exception_is_of_one_object_and_told_when_nothing_needs_it(broken: Manifests, object: str) -> None:
    found = verdict(broken, terms(object))
    assert [each.rule for each in found.violations] == ["probe-readiness"]
    assert found.unused == terms(object).exemptions


def test_an_exception_is_of_one_rule(broken: Manifests) -> None:
    path = (*PATH[:-1], "livenessProbe")
    found = verdict(edited(broken, Edit("Deployment/iris", path, REMOVE)), terms())
    assert [each.rule for each in found.violations] == ["probe-liveness"]


def test_of_a_clouds_resources_what_is_rendered_cannot_tell(good: Manifests) -> None:
    of_cloud = terms("aws:eks/cluster:Cluster eks")
    assert verdict([each for each in good if "kind" in each], of_cloud).unused == ()
    assert verdict(good, of_cloud).unused == of_cloud.exemptions


def test_an_object_says_itself_what_it_breaks_and_why(broken: Manifests) -> None:
    annotations = {"policy.slipway/probe-readiness": "asks its neighbour"}
    found = verdict(edited(broken, Edit("Deployment/iris", ("metadata", "annotations"), annotations)), Terms())
    assert found.violations == ()
    stated = [each for violation, each in found.excepted if violation.rule == "probe-readiness"]
    assert stated == [Exemption("probe-readiness", "Deployment models/iris", "asks its neighbour")]


CONFIG = {
    "slipway:profile": "laptop",
    "slipway:exceptions": '[{"rule": "r", "object": "Job a/b", "reason": "why", "until": "2027-01-31"}]',
    "slipway:registries": '["a.example"]',
}


def test_a_stack_says_its_terms() -> None:
    found = from_config(CONFIG)
    assert found.level is Level.LAPTOP
    assert found.exemptions == (Exemption("r", "Job a/b", "why", date(2027, 1, 31)),)
    assert found.registries == ("a.example",)
    assert found.sources == Terms().sources


def test_a_date_of_yamls_reaches_a_stack_with_a_time_of_day() -> None:
    said = CONFIG["slipway:exceptions"].replace("2027-01-31", "2027-01-31 00:00:00 +0000 UTC")
    assert from_config({"slipway:exceptions": said}).exemptions[0].until == date(2027, 1, 31)


def test_a_stack_that_says_nothing_is_production() -> None:
    assert from_config({}) == Terms(today=from_config({}).today)


@pytest.mark.parametrize(("source", "trusted"), [("s3://models", True), ("s3://", True), ("s3://model", False)])
def test_a_trusted_source_ends_where_a_part_of_the_uri_does(good: Manifests, source: str, trusted: bool) -> None:
    models = {"slipway/models": '{"iris": {"uri": "s3://models/iris", "sha256": "' + "0" * 64 + '"}}'}
    objects = edited(good, Edit("Deployment/iris", ("spec", "template", "metadata", "annotations"), models))
    found = {each.rule for each in judge(objects, Terms(sources=(source, "pvc://", "gs://")))}
    assert ("model-source" not in found) is trusted
