import re
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from sandbox import SandboxError, cluster, paths, registry
from sandbox.images import mlserver

from .conftest import Fake

REFERENCE = "example.org/team/server:1.0"
SKOPEO = """case "$1" in
inspect) {inspect} ;;
copy) file=${{4#docker-archive:}}; echo image > "${{file%%:*}}"; {copy} ;;
esac"""


@pytest.fixture
def node(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container runtime that has one image."""
    monkeypatch.setattr(registry, "inside", lambda *command: list(map(str, command)))
    fake("ctr", '[ "$6" = list ] && echo example.org/known:1; exit 0')


def _make(reference: str, path: Path, log: IO[str]) -> None:
    path.write_text(reference)


@pytest.mark.parametrize(
    ("reference", "module"),
    [
        (cluster.PAUSE, "pause"),
        (cluster.COREDNS, "coredns"),
        ("registry.k8s.io/metrics-server/metrics-server:v0.9.0", "metrics_server"),
        ("docker.io/seldonio/mlserver:1.7.1-sklearn", "mlserver"),
        ("docker.io/seldonio/mlserver:1.7.1-lightgbm", "mlserver"),
        ("docker.io/seldonio/mlserver:1.7.1", "mlserver"),
        ("docker.io/seldonio/mlserver:1.7.1-mlflow", "mlserver"),
        ("docker.io/seldonio/mlserver:1.7.1-nosuch", None),
        ("docker.io/seldonio/mlserver:1.7.0-sklearn", None),
        ("evil.org/registry.k8s.io/pause:3.10", None),
        (REFERENCE, None),
    ],
)
def test_which_recipe_builds_an_image(reference: str, module: str | None) -> None:
    found = registry.recipe(reference)
    assert (found and found.__name__) == (module and f"sandbox.images.{module}")


def test_every_requirement_of_an_image_is_pinned_by_hash_and_stands_once() -> None:
    shared = _required("mlserver.txt")
    assert {"mlserver", "pydantic"} <= shared.keys()
    for form in mlserver.FORMATS:
        own = _required(f"mlserver-{form}.txt")
        assert own[f"mlserver-{form}"] == shared["mlserver"] == "1.7.1"
        assert not own.keys() & shared.keys()


def _required(name: str) -> dict[str, str]:
    found = {}
    for entry in re.split(r"\n(?=\S)", (mlserver.HERE / name).read_text().strip()):
        package, version = re.split(r"==| ", entry)[:2]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        found[package.lower()] = version
    return found


def test_a_file_name_for_each_reference() -> None:
    names = [registry.cached(reference).name for reference in (REFERENCE, "example.org/team/server:1.1")]
    assert names == ["example.org_team_server_1.0.tar", "example.org_team_server_1.1.tar"]
    assert registry.cached(REFERENCE).parent.parent == paths.cache() / "images"


def test_an_image_that_the_node_has_is_left_alone(node: None, log: IO[str]) -> None:
    assert registry.load("example.org/known:1").run(log) == "loaded"


def test_a_cached_image_is_imported_without_any_registry(node: None, log: IO[str]) -> None:
    paths.write(registry.cached(REFERENCE), "image")
    assert registry.load(REFERENCE).run(log) == "cached"
    log.seek(0)
    assert f"images import --no-unpack=false {registry.cached(REFERENCE)}\n" in log.read()


def test_an_image_is_pulled_where_a_registry_gives_it(node: None, fake: Fake, log: IO[str]) -> None:
    fake("skopeo", SKOPEO.format(inspect="exit 0", copy="exit 0"))
    step = registry.load(REFERENCE)
    assert (step.title, step.run(log)) == ("Image server:1.0", "pulled")
    assert registry.cached(REFERENCE).read_text() == "image\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "skopeo is not installed"),
        (SKOPEO.format(inspect="exit 1", copy="exit 0"), "the registry cannot be reached or refuses"),
        (SKOPEO.format(inspect="exit 0", copy="exit 1"), "the registry cannot be reached or refuses"),
        (SKOPEO.format(inspect="exec sleep 60", copy="exit 0"), "the registry does not answer in time"),
    ],
)
def test_where_no_registry_gives_it_and_no_recipe_builds_it_the_reason_and_a_cure_are_told(
    node: None, fake: Fake, log: IO[str], monkeypatch: pytest.MonkeyPatch, script: str | None, reason: str
) -> None:
    monkeypatch.setattr(registry, "CONNECT_SECONDS", 0.5)
    if script:
        fake("skopeo", script)
    with pytest.raises(SandboxError) as failure:
        registry.load(REFERENCE).run(log)
    path = registry.cached(REFERENCE)
    assert str(failure.value).startswith(f"image {REFERENCE}: no registry gives it ({reason}) and no recipe")
    assert str(failure.value).endswith(f"Put a `docker save` of it at {path}")
    assert not path.exists()


def test_a_recipe_builds_what_no_registry_gives(
    node: None, fake: Fake, log: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "recipe", lambda reference: SimpleNamespace(make=_make))
    step = registry.load(REFERENCE)
    assert (step.run(log), step.run(log)) == ("built, for no registry answers", "cached")
    assert registry.cached(REFERENCE).read_text() == REFERENCE


def test_a_runtime_that_does_not_answer_is_told(node: None, fake: Fake, log: IO[str]) -> None:
    fake("ctr", "echo cannot connect; exit 1")
    with pytest.raises(SandboxError, match=r"^`ctr .*ended with 1: cannot connect"):
        registry.load(REFERENCE).run(log)
