"""The clusters of this project's environments keep every rule, and each rule would notice if they did not."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from components import catalog
from components.cluster import Cluster
from components.location.store import Grant
from infra import settings
from infra.policy import Severity, judge
from tests.components.deployed import SIGNATURE, Known, deploy

from .cloud_cases import BREAKS
from .edits import Edit, edited

PROJECT = Path(__file__).parents[2]
CLUSTERS = "components.clusters"
KINDS = [name for name in catalog.names(CLUSTERS) if catalog.kind(CLUSTERS, name, Cluster).Spec.extra]
STORES = {"s3": "s3://models/iris", "gs": "gs://models/iris", "az": "az://models/models/iris"}

pytestmark = pytest.mark.parametrize("kind", KINDS)


def known(extra: str) -> Known:
    """What the providers of an extra would say: `KNOWN` in the folder of its tests."""
    folder = import_module(f"tests.components.{extra}")
    names = (each.name for each in iter_modules(folder.__path__) if not each.name.startswith("test_"))
    helpers = (vars(import_module(f"{folder.__name__}.{name}")) for name in names)
    return next((helper["KNOWN"] for helper in helpers if "KNOWN" in helper), {})


def plain(node: Any) -> Any:
    """Inputs as a policy pack shows them: without the marks of secrets and outputs."""
    if isinstance(node, dict):
        return plain(node.get("value")) if SIGNATURE in node else {key: plain(value) for key, value in node.items()}
    return [plain(each) for each in node] if isinstance(node, list) else node


@cache
def resources(kind: str) -> list[dict[str, Any]]:
    """What the environment named after a kind provisions, and what lets a model read a store."""
    choice = settings.from_file(kind, PROJECT).cluster
    extra, schemes = choice.spec.extra, choice.spec.traits.store_schemes
    assert extra

    def program() -> None:
        stores = tuple(STORES[scheme] for scheme in schemes)
        choice.kind(kind, choice.spec).identity("models", Grant(account="iris", stores=stores))

    provisioned = deploy(program, known=known(extra)).resources
    clouds = (each for each in provisioned if each.type.partition(":")[0] in ("aws", "azure-native", "gcp"))
    return [{"type": each.type, "name": each.name, "properties": plain(each.inputs)} for each in clouds]


def spoken(objects: list[dict[str, Any]]) -> set[str]:
    return {violation.rule for violation in judge(objects)}


def test_no_mandatory_rule_speaks(kind: str) -> None:
    assert len(resources(kind)) > 10
    assert [str(each) for each in judge(resources(kind)) if each.severity is Severity.MANDATORY] == []


def alone(kind: str, edits: tuple[Edit, ...]) -> str | None:
    """The one rule that speaks after the edits and did not before; None where there is none, or more than one."""
    try:
        after = spoken(edited(resources(kind), *edits))
    except (KeyError, IndexError):  # nothing is there to edit
        return None
    new = after - spoken(resources(kind))
    return new.pop() if len(new) == 1 else None


def test_each_rule_would_notice(kind: str) -> None:
    types = {each["type"] for each in resources(kind)}
    tried = [(rule, edits) for rule, edits in BREAKS if types.issuperset(edit.target for edit in edits)]
    noticed = {rule for rule, edits in tried if alone(kind, edits) == rule}
    assert len(noticed) > 5
    assert {rule for rule, _ in tried} - spoken(resources(kind)) == noticed
