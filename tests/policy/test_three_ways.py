"""A function, a command and a policy pack say the same of every environment."""

import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2
from typer.testing import CliRunner

from infra import environment_file, settings
from infra.cli import app
from infra.judgement import judgement
from tests.components.clouds import KNOWN
from tests.components.deployed import deploy
from tests.components.test_platform import told

from .edits import Manifest
from .engine import Engine
from .test_clusters import plain

PROJECT = Path(__file__).parents[2]
CLOUDS = ("aks-", "aws-", "azure-", "eks-", "gcp-", "gke-")
LEVELS = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.MANDATORY: "mandatory"}

Said = set[tuple[str, str, str]]
"""Rule, path and severity of each violation."""


def registered(name: str, monkeypatch: pytest.MonkeyPatch) -> list[Manifest]:
    """Every resource that the program of an environment asks the engine for."""
    monkeypatch.setitem(os.environ, "PULUMI_CONFIG", json.dumps(told(name)))
    deployed = deploy(lambda: runpy.run_module("infra", run_name="__main__"), stack=name, known=KNOWN)
    made = (each for each in deployed.made if not each.type.startswith(("pulumi:", "slipway:")))
    return [{"type": each.type, "name": each.name, "properties": plain(each.inputs)} for each in made]


def of_pack(diagnostics: list[Any]) -> Said:
    found = ((each.policyName, each.message.splitlines()[1], LEVELS[each.enforcementLevel]) for each in diagnostics)
    return {(rule, text.split(": ")[0], level) for rule, text, level in found if not rule.startswith(CLOUDS)}


@pytest.mark.parametrize("name", environment_file.names(PROJECT))
def test_three_ways_say_the_same(name: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judgement(settings.from_file(name, PROJECT), PROJECT).verdict
    in_python: Said = {(each.rule, each.path, each.severity.value) for each in judged.violations}
    printed = CliRunner().invoke(app, ["policy", "--env", name, "--format", "json"]).stdout
    by_command: Said = {(each["rule"], each["path"], each["severity"]) for each in json.loads(printed)["violations"]}
    engine.configure({key: json.loads(said) if said[0] == '"' else said for key, said in told(name).items()})
    assert in_python == by_command
    assert in_python == of_pack(engine.diagnostics(registered(name, monkeypatch)))
