import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest

from components import extras
from components.errors import SlipwayError

PROJECT = Path(__file__).parents[2]
CLOUDS = {"aws": "pulumi_aws", "gcp": "pulumi_gcp", "azure": "pulumi_azure_native"}
WITHOUT_CLOUDS = """
import sys
sys.path = [path for path in sys.path if not path.endswith(".clouds")]
import components
from components import catalog
from components.cluster import Cluster
from components.extras import require
for name in components.__all__:
    getattr(components, name)
for kind in catalog.names("components.clusters"):
    catalog.kind("components.clusters", kind, Cluster).Spec.model_json_schema()
print(*sorted(each for each in sys.modules if each in sys.argv[1:]))
for extra in ("aws", "gcp", "azure"):
    try:
        require(extra)
    except components.SlipwayError as error:
        print(error)
"""


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where no cloud's package is installed."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name in CLOUDS.values() else object())


@pytest.mark.parametrize(("extra", "module"), CLOUDS.items())
@pytest.mark.usefixtures("bare")
def test_a_missing_extra_is_named_with_the_command_that_installs_it(extra: str, module: str) -> None:
    package = module.replace("_", "-")
    assert extras.missing(extra) == [package]
    with pytest.raises(SlipwayError) as caught:
        extras.require(extra)
    assert str(caught.value) == f"{package} is not installed. pip install 'slipway[{extra}]'"


@pytest.mark.parametrize("extra", CLOUDS)
def test_an_extra_that_is_there_is_not_missing(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: object())
    assert extras.missing(extra) == []
    extras.require(extra)


@pytest.mark.usefixtures("bare")
def test_what_needs_no_extra_never_lacks_one() -> None:
    assert extras.missing(None) == []
    extras.require(None)


def test_every_cloud_is_an_extra_of_the_package() -> None:
    assert CLOUDS.keys() <= set(metadata("slipway").get_all("Provides-Extra") or ())


@pytest.mark.parametrize(
    ("module", "extra"),
    [*((module, extra) for extra, module in CLOUDS.items()), ("pulumi_aws.ec2", "aws"), ("pulumi", None), ("", None)],
)
def test_a_module_leads_to_the_extra_that_brings_it(module: str, extra: str | None) -> None:
    assert extras.bringing(module) == extra


def test_a_fresh_interpreter_without_any_cloud_has_the_library_and_every_spec() -> None:
    command = [sys.executable, "-c", WITHOUT_CLOUDS, *CLOUDS.values()]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "",
        "pulumi-aws is not installed. pip install 'slipway[aws]'",
        "pulumi-gcp is not installed. pip install 'slipway[gcp]'",
        "pulumi-azure-native is not installed. pip install 'slipway[azure]'",
    ]
