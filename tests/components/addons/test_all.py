"""What holds for every add-on of the registry, on every kind of cluster."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components import render
from components.context import Profile
from components.images import images
from components.mirror import Mirror
from components.objects import generated
from components.unit import Chart, KubernetesObject, Unit, identity
from components.values import amount
from infra import environment_file, settings
from infra.policy import Terms, judge
from infra.policy.terms import REGISTRIES
from tests.components.addons.charts import refusals, unknown_keys
from tests.components.addons.choices import KEYS, PROFILES, contexts, units, variants

PROJECT = Path(__file__).parents[3]
MIRROR = Mirror(charts="oci://registry.example.com/charts", images="registry.example.com/mirror")
MIRRORED = r"(registry\.example\.com/|^)mirror/\S*"
"""An image of the mirror, with or without the host, which some charts are told apart."""
PUBLISHERS = (
    r"\b(docker|quay|ghcr|gcr|nvcr|registry\.k8s|registry\.istio|aws|microsoft|github|googleapis|pkg)\.(io|com|dev)/"
)
"""Where images and charts are published."""
ONLY_IN_PRODUCTION = {"HorizontalPodAutoscaler", "PersistentVolumeClaim", "PodDisruptionBudget"}
LEFT_TO_THEM = {"gateway-tls", "image-digest", "ingress-tls", "reference-secret"}
"""What an environment chooses: the Secrets of certificates and the like, and a mirror whose digests it can name."""
TERMS = Terms(registries=(*REGISTRIES, "registry.example.it"))
LAPTOP_BYTES = amount("8Gi")
KUBERNETES_BYTES = amount("1Gi")
"""What the API server, its database and the agents of k3s take of a laptop."""


def charts() -> list[Chart]:
    """Every chart of every add-on, with each set of values that it gets."""
    every = [chart for key in KEYS for profile in PROFILES for unit in units(key, profile) for chart in unit.charts]
    return [chart for number, chart in enumerate(every) if chart not in every[:number]]


def texts(node: Any) -> Iterator[str]:
    """Every text in an object."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ():
        yield from texts(inner)


def pods(objects: Iterable[KubernetesObject]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each pod's spec with how many of it there are at least."""
    for manifest in objects:
        if template := manifest.get("spec", {}).get("template", {}).get("spec"):
            yield manifest["spec"].get("replicas", 1), template


def reserved(unit: Unit) -> int:
    """The bytes of memory that its objects reserve, and that its charts are told to."""
    own = sum(
        replicas * amount(container["resources"]["requests"]["memory"])
        for replicas, pod in pods(unit.objects)
        for container in pod["containers"]
    )
    told = sum(amount(found) for chart in unit.charts for found in requested(chart.values))
    return int(own + told)


def requested(node: Any) -> Iterator[str]:
    for key, inner in node.items() if isinstance(node, dict) else ():
        if key == "requests" and isinstance(inner, dict) and "memory" in inner:
            yield inner["memory"]
        elif key == "memoryRequest":
            yield inner
        else:
            yield from requested(inner)


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: f"{chart.release}-{chart.version}")
def test_the_chart_knows_every_value_that_is_set(chart: Chart) -> None:
    assert unknown_keys(chart) == []
    assert refusals(chart) == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", KEYS)
def test_a_unit_is_made_on_every_cluster_or_refused_in_words(key: str, profile: Profile) -> None:
    made = units(key, profile)
    assert made
    assert {unit.name for unit in made} == {made[0].name}
    assert {unit.namespace.name for unit in made} == {made[0].namespace.name}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", KEYS)
def test_with_a_mirror_nothing_comes_from_a_publisher(key: str, profile: Profile) -> None:
    for unit in units(key, profile, MIRROR):
        assert all(chart.repository == MIRROR.charts for chart in unit.charts)
        assert all(image.startswith(f"{MIRROR.images}/") for image in images([unit]))
        left = [
            text
            for tree in (*unit.objects, *(chart.values for chart in unit.charts))
            for text in texts(tree)
            if re.search(PUBLISHERS, re.sub(MIRRORED, "", text)) and not text.startswith("http")
        ]
        assert left == []


@pytest.mark.parametrize("key", KEYS)
def test_every_image_has_a_host_and_a_version(key: str) -> None:
    for image in images(unit for profile in PROFILES for unit in units(key, profile)):
        host, _, rest = image.partition("/")
        assert "." in host
        assert re.search(r"[:@][^/]*\d", rest), image


@pytest.mark.parametrize("key", KEYS)
def test_laptop_and_production_differ_in_data_only(key: str) -> None:
    for addon in variants(key):
        for laptop, production in zip(contexts("laptop"), contexts("production"), strict=True):
            small, large = addon.unit(laptop), addon.unit(production)
            assert [(each.name, each.version, each.release) for each in small.charts] == [
                (each.name, each.version, each.release) for each in large.charts
            ]
            more = set(map(_lasting, large.objects)) - set(map(_lasting, small.objects))
            assert {name.partition(".")[0] for name in more} <= {kind.lower() for kind in ONLY_IN_PRODUCTION}


def _lasting(manifest: KubernetesObject) -> str:
    """Its identity without the digest that ends the name of immutable settings."""
    return re.sub(r"-[0-9a-f]{10}$", "", identity(manifest))


@pytest.mark.parametrize("key", KEYS)
def test_no_object_violates_a_rule(key: str) -> None:
    for unit in (unit for profile in PROFILES for unit in units(key, profile)):
        known = [secret for secret, _ in generated([unit])]
        applications = [each for each in render.manifests(unit) if each["kind"] == "Application"]
        found = judge([unit.namespace.manifest(), *known, *applications, *unit.objects], TERMS)
        assert [each for each in found if each.rule not in LEFT_TO_THEM] == []


@pytest.mark.parametrize("key", KEYS)
def test_what_is_generated_is_long_enough_to_be_a_password(key: str) -> None:
    for profile in PROFILES:
        for unit in units(key, profile):
            assert all(digits >= 32 for secret in unit.secrets for digits in secret.keys.values())


def test_the_articles_set_fits_a_laptop() -> None:
    assert "dev" in environment_file.names(PROJECT)
    units = settings.from_file("dev", PROJECT).units()
    assert sum(map(reserved, units)) <= LAPTOP_BYTES - KUBERNETES_BYTES
