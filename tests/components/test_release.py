from pathlib import Path

import pulumi
import pytest

from components.release import release
from components.unit import Chart
from tests.components.deployed import deploy


@pytest.mark.parametrize(
    ("repository", "chart", "asked"),
    [
        ("https://example.com/charts", "top", {"repo": "https://example.com/charts"}),
        ("oci://registry.example.com/charts", "oci://registry.example.com/charts/top", None),
        ("/srv/charts", "/srv/charts/top-1.2.3.tgz", None),
        ("~/charts", str(Path.home() / "charts" / "top-1.2.3.tgz"), None),
    ],
)
def test_helm_is_told_where_the_chart_is(repository: str, chart: str, asked: dict[str, str] | None) -> None:
    pinned = Chart(name="top", repository=repository, version="1.2.3", release="summit")
    deployed = deploy(lambda: release("lab-summit", pinned, "tools", pulumi.ResourceOptions()))
    inputs = deployed.one("kubernetes:helm.sh/v3:Release").inputs
    assert (inputs["chart"], inputs.get("repositoryOpts")) == (chart, asked)
    assert (inputs["name"], inputs["version"], inputs["namespace"]) == ("summit", "1.2.3", "tools")
    assert inputs["atomic"] is True
