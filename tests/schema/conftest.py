import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes_validate import utils  # type: ignore[import-untyped]

from components.unit import KubernetesObject
from tests.schema import definitions, emitted


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[KubernetesObject]:
    """Every different object that the project emits."""
    folder: Path = tmp_path_factory.mktemp("models")
    found: list[KubernetesObject] = []
    for manifest in emitted.objects(folder):
        if manifest not in found:
            found.append(manifest)
    return found


@pytest.fixture(scope="session", autouse=True)
def _read_each_schema_once() -> Iterator[None]:
    """The validator reads megabytes of definitions anew for every object."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "schema_contents", functools.cache(utils.schema_contents))
        yield


@pytest.fixture(scope="session")
def schemas(shared: Path, objects: list[KubernetesObject]) -> definitions.Schemas:
    """Of the custom resources that are emitted."""
    return definitions.load(shared / "crds", {manifest["kind"] for manifest in objects})
