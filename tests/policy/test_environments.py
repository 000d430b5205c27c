"""Every environment of this repository keeps every rule."""

from pathlib import Path

import pytest

from components import render
from infra import environment_file, settings
from infra.policy import judge

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", environment_file.names(PROJECT))
def test_an_environment_violates_no_rule(name: str) -> None:
    units = settings.from_file(name, PROJECT).units()
    objects = [manifest for _, manifests in render.folders(units) for manifest in manifests]
    assert len(objects) > len(units)
    assert judge(objects) == []
