"""What docs/clusters.md says of the kinds and of the project's environments is what they are."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from components import catalog
from components.cluster import Cluster
from components.context import Opening, Traits
from components.unit import identity
from infra import settings
from infra.settings import Target

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "clusters.md").read_text()
KINDS = ("existing", "k3d", "eks", "gke", "aks")
CLOUDS = ("eks", "gke", "aks")
ENVIRONMENTS = ("dev", "sandbox", *CLOUDS)


def table(head: str) -> list[list[str]]:
    """The cells of the page's table that begins with `head`, without backticks."""
    _, _, rest = PAGE.partition(f"\n| {head} |")
    rows = takewhile(lambda line: line.startswith("|"), rest.splitlines()[2:])
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def said(value: Any) -> str:
    """A trait's value as the page spells it."""
    if isinstance(value, bool) or not value:
        return "yes" if value else "no"
    if isinstance(value, Opening):
        return f"{value.cidr}:{value.port}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())
    return ", ".join(map(said, value)) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_traits_of_a_kind_are_those_of_the_page(kind: str) -> None:
    traits = catalog.kind("components.clusters", kind, Cluster).Spec.model_fields["traits"].default
    told = {row[0]: row[1 + KINDS.index(kind)] for row in table("trait")}
    assert told == {name: said(getattr(traits, name)) for name in Traits.model_fields}


def test_every_kind_is_on_the_page() -> None:
    assert set(KINDS) == set(catalog.names("components.clusters"))


def targets(names: tuple[str, ...]) -> dict[str, Target]:
    return {name: settings.from_file(name, PROJECT) for name in names}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_add_ons_of_an_environment_are_those_of_the_page(name: str) -> None:
    target = targets((name,))[name]
    (told,) = (row for row in table("environment") if row[0] == name)
    assert told[1] == target.conventions.profile
    assert told[2] == ", ".join(sorted(addon.key() for addon in target.environment.addons))


def test_every_environment_serves_the_same_models() -> None:
    served = {name: target.environment.stacks for name, target in targets(ENVIRONMENTS).items()}
    assert all(stacks == served["dev"] for stacks in served.values())


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value that holds no other, by its path."""
    if isinstance(node, dict | list | tuple) and node:
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(inner, (*path, str(key)))
    else:
        yield path, node


def said_by(target: Target) -> dict[tuple[str, ...], Any]:
    """Everything that its add-ons and models are, value by value."""
    found: dict[tuple[str, ...], Any] = {}
    for unit in target.units():
        parts = {chart.release: chart.model_dump() for chart in unit.charts}
        parts |= {identity(manifest): manifest for manifest in unit.objects}
        found |= {(unit.name, *path): value for path, value in leaves(parts)}
    return found


def test_clouds_differ_only_where_the_page_says_and_by_the_trait_that_it_names() -> None:
    clouds = targets(CLOUDS)
    all_said = {name: said_by(target) for name, target in clouds.items()}
    paths = {path for found in all_said.values() for path in found}
    different = {path for path in paths if len({repr(found.get(path)) for found in all_said.values()}) > 1}
    told = {(unit, key): trait for unit, key, trait in table("add-on")}
    assert {(path[0], path[-1]) for path in different} == told.keys()
    for path in different:
        trait = told[path[0], path[-1]]
        for name, target in clouds.items():
            assert all_said[name].get(path) == getattr(target.context.traits, trait)
