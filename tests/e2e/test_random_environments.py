"""Whatever validates is what a real API server takes, strictly."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from components.context import Context
from components.runtimes.mlserver import MLServer
from components.unit import KubernetesObject
from tests import strategies

from .cluster import Cluster

pytestmark = pytest.mark.e2e

STRICT = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")


def rendered(count: int) -> list[KubernetesObject]:
    """The objects of `count` examples of three stacks, as far as these validate."""
    found: list[KubernetesObject] = []

    @settings(max_examples=count, phases=[Phase.generate])
    @given(st.lists(strategies.stacks(), min_size=3, max_size=3))
    def render(written: list[dict[str, Any]]) -> None:
        for each in written:
            with suppress(ValidationError):
                found.extend(MLServer.model_validate(each).objects(Context()))

    render()
    return found


@pytest.mark.parametrize("count", [10, pytest.param(300, marks=pytest.mark.soak)])
def test_the_api_server_takes_what_validates(cluster: Cluster, count: int) -> None:
    objects = rendered(count)
    assert {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"} <= {each["kind"] for each in objects}
    printed = cluster.kubectl(*STRICT, stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    assert len(printed.splitlines()) == len(objects)
