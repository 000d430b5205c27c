"""One sandbox for all of these tests.

They run in the order of their files' names: `test_bootstrap` brings the sandbox up from nothing, `test_teardown` takes
it down. Each also runs alone, on the sandbox that is there or a new one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.unit import KubernetesObject, is_custom
from sandbox import preflight
from tests.components.definition import written
from tests.schema.emitted import objects

from .cluster import Cluster
from .machine import runs, traces, well
from .project import Project


@pytest.fixture(scope="session", autouse=True)
def _left_as_found() -> Iterator[None]:
    if obstacles := list(preflight.obstacles()):
        pytest.skip(f"this machine cannot run the sandbox: {'; '.join(obstacles)}")
    found = runs()
    yield
    if runs() != found:
        well("up" if found else "down", "--env", "sandbox")


@pytest.fixture(scope="session")
def empty_machine() -> dict[str, list[str]]:
    """What `traces` finds where no sandbox is; to be asked for before the sandbox is wanted."""
    if runs():
        well("down", "--env", "sandbox")
    return traces()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The sandbox, as `slipway up` leaves it."""
    well("up", "--env", "sandbox")
    return Cluster()


@pytest.fixture(scope="session")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> list[KubernetesObject]:
    """Every object that the project emits."""
    return objects(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def custom_resources(cluster: Cluster, shared: Path, emitted: list[KubernetesObject]) -> Iterator[None]:
    """The definitions, of other projects, of what is emitted. They go with the sandbox, or else in the end."""
    kinds = {each["kind"] for each in filter(is_custom, emitted)}
    files = sorted((shared / "crds").glob("*.yaml"))
    found = "\n---\n".join(text for file in files for text in written(file, kinds))
    cluster.kubectl("apply", "--server-side", "-f", "-", stdin=found)
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=300s", "crd", "--all")
    yield
    if runs():
        cluster.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", "-", stdin=found)


@pytest.fixture(scope="session")
def project(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A second environment on the sandbox's cluster; whatever it has is removed in the end."""
    made = Project(tmp_path_factory.mktemp("project"))
    yield made
    if runs():
        made.down()
