"""Whatever validates renders, to objects that Kubernetes and every operator's definitions take."""

from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components import render
from components.errors import Invalid
from components.unit import KubernetesObject, is_custom
from infra.settings import target
from tests import strategies

from .definitions import Schemas, judge
from .test_kubernetes import VERSIONS

Written = list[dict[str, Any]]
AT_RANDOM = (strategies.environments(), st.lists(strategies.stacks(), max_size=2), st.sampled_from(VERSIONS))
SESSION = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def rendered(chosen: dict[str, Any], written: Written) -> list[KubernetesObject]:
    """All objects; none where what was chosen is refused, which nothing but Invalid and pydantic may do."""
    try:
        units = strategies.extended(target("lab", chosen), written).units()
    except (Invalid, ValidationError) as error:
        event(f"refused: {type(error).__name__}")
        return []
    event("rendered")
    return [manifest for _, manifests in render.folders(units) for manifest in manifests]


def taken(chosen: dict[str, Any], written: Written, version: str, schemas: Schemas) -> None:
    for manifest in rendered(chosen, written):
        if is_custom(manifest):
            judge(manifest, schemas)
        else:
            assert kubernetes_validate.validate(manifest, version, strict=True) == version


@given(*AT_RANDOM)
@settings(max_examples=15, suppress_health_check=SESSION)
def test_what_validates_is_what_kubernetes_takes(
    schemas: Schemas, chosen: dict[str, Any], written: Written, version: str
) -> None:
    taken(chosen, written, version, schemas)


@pytest.mark.soak
@given(*AT_RANDOM)
@settings(max_examples=1000, suppress_health_check=SESSION)
def test_what_validates_is_what_kubernetes_takes_a_thousand_times(
    schemas: Schemas, chosen: dict[str, Any], written: Written, version: str
) -> None:
    taken(chosen, written, version, schemas)
