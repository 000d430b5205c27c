"""One sandbox that Pulumi has filled; the tests run in the order of their files' names."""

from collections.abc import Iterator

import pytest

from infra import engine
from sandbox import preflight
from tests.e2e.cluster import Cluster
from tests.e2e.machine import runs, well

from .engine import environ


@pytest.fixture(scope="session", autouse=True)
def _left_as_found() -> Iterator[None]:
    if not engine.available():
        pytest.skip("pulumi with its Python language host and its Kubernetes plugin is not on PATH")
    if obstacles := list(preflight.obstacles()):
        pytest.skip(f"this machine cannot run the sandbox: {'; '.join(obstacles)}")
    found = runs()
    yield
    well("down", "--env", "sandbox")
    if found:
        well("up", "--env", "sandbox")


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The sandbox from nothing, as `slipway up` by Pulumi leaves it."""
    well("down", "--env", "sandbox")
    done = well("up", "--env", "sandbox", env=environ())
    assert "Pulumi up" in done.err
    return Cluster()
