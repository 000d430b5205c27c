"""No environment of this repository breaks a rule that its profile makes it keep."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from components import render
from infra import environment_file, settings
from infra.policy import Level, Severity, judge, verdict
from tests.components.seldon.options import stacks
from tests.components.server_choices import CONTEXTS, SERVERS
from tests.samples import stack

PROJECT = Path(__file__).parents[2]
GRAPHS = stacks()
TODAY = date(2026, 11, 21)
"""Before any exception of theirs has ended."""
TOLD = {
    Level.LAPTOP: {"gateway-tls", "image-digest", "ingress-tls", "login-dummy"},
    Level.PRODUCTION: {"reference-secret"},
}
"""What a laptop is warned of, and what others must bring: the Secrets of certificates."""


BESIDE = {"image-digest", "reference-gateway", "reference-secret"}
"""What a stack leaves to its environment: a digest of the image, the Gateway, Secrets of callers and certificates."""


@pytest.mark.parametrize("name", environment_file.names(PROJECT))
def test_an_environment_violates_no_rule(name: str) -> None:
    target = settings.from_file(name, PROJECT)
    objects = [manifest for _, manifests in render.folders(target.units()) for manifest in manifests]
    assert len(objects) > len(target.units())
    found = verdict(objects, replace(target.terms, today=TODAY))
    assert [str(each) for each in found.violations if each.rule not in TOLD[target.terms.level]] == []
    assert {each.severity for each in found.violations} <= {Severity.ADVISORY}
    assert found.unused == ()


@pytest.mark.parametrize("number", range(len(SERVERS)))
def test_no_choice_about_a_server_violates_a_rule(number: int, tmp_path: Path) -> None:
    server = stack(tmp_path, **SERVERS[number])
    units = [server.unit(context) for context in CONTEXTS if not any(server.mistakes(context))]
    assert units
    for unit in units:
        objects = [manifest for _, manifests in render.folders([unit]) for manifest in manifests]
        assert {each.rule for each in judge(objects)} <= BESIDE


@pytest.mark.parametrize("name", GRAPHS)
def test_no_choice_about_a_graph_violates_a_rule(name: str) -> None:
    """Of its images and models, digests and places are for its environment to trust."""
    for context in CONTEXTS:
        objects = [manifest for _, manifests in render.folders([GRAPHS[name].unit(context)]) for manifest in manifests]
        assert {each.rule for each in judge(objects)} <= BESIDE | {"image-registry", "model-digest"}
