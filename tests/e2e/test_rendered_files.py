"""The rendered files are the same to the byte each time, and the API server takes every one of them."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.unit import KubernetesObject, Namespace, is_custom
from infra import environment_file
from tests.schema.servers import servers

from .cluster import Cluster
from .machine import ROOT, environ, runs, well

pytestmark = pytest.mark.e2e

STRICT = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict")
ENVIRONMENTS = environment_file.names(ROOT)


@pytest.fixture(scope="session")
def namespaces(cluster: Cluster, emitted: list[KubernetesObject]) -> Iterator[None]:
    """Where everything goes that the project emits: not even a dry run puts anything into a namespace that is not."""
    there = {each["metadata"]["name"] for each in cluster.list("namespaces")}
    wanted = {each["metadata"].get("namespace", "default") for each in emitted} - there
    cluster.kubectl("apply", "-f", "-", stdin=_list(Namespace(name=name).manifest() for name in wanted))
    yield
    if runs():
        cluster.kubectl("delete", "namespace", "--wait=false", *wanted)


@pytest.mark.usefixtures("custom_resources", "namespaces")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_files_are_the_same_bytes_each_time_and_the_api_server_takes_them(
    cluster: Cluster, environment: str, tmp_path: Path
) -> None:
    def rendered(seed: str) -> dict[str, bytes]:
        well("render", "--env", environment, "--out", str(tmp_path / seed), env=environ(PYTHONHASHSEED=seed))
        return _contents(tmp_path / seed)

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(rendered, ("1", "2"))
    assert first == second
    printed = cluster.kubectl(*STRICT, "--recursive", "-f", str(tmp_path / "1"))
    assert len(printed.splitlines()) == _documents(tmp_path / "1") > 0


@pytest.mark.usefixtures("custom_resources", "namespaces")
def test_the_api_server_takes_every_choice_of_every_add_on(cluster: Cluster, emitted: list[KubernetesObject]) -> None:
    found = list(filter(is_custom, emitted))
    assert len({each["kind"] for each in found}) > 10
    printed = cluster.kubectl(*STRICT, "-f", "-", stdin=_list(found))
    assert len(printed.splitlines()) == len(found)


@pytest.mark.usefixtures("namespaces")
def test_the_api_server_takes_every_choice_of_every_server(cluster: Cluster) -> None:
    found = [each for unit in servers() for each in unit.objects]
    printed = cluster.kubectl(*STRICT, "-f", "-", stdin=_list(found))
    assert len(printed.splitlines()) == len(found)


def test_the_api_server_would_have_said_no(cluster: Cluster) -> None:
    wrong = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "models"}, "date": {}}'
    done = cluster.tried("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-", stdin=wrong)
    assert "date" in done.stderr
    assert done.returncode


def _list(found: Iterable[KubernetesObject]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(found)})


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _documents(folder: Path) -> int:
    """How many objects the files hold."""
    texts = [content.decode() for content in _contents(folder).values()]
    return sum(line.startswith("kind:") for text in texts for line in text.splitlines())
