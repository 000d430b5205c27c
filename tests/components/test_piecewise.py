"""Charts that need more than one after the other: those too large for a release, and those that a webhook looks at."""

import pulumi
import pytest

from components.clusters.existing import Existing
from components.installation import Installation
from components.release import release
from components.unit import Chart, Namespace, Unit
from tests.components.deployed import deploy
from tests.samples import OBJECT

DEFINITIONS = Chart(name="top", repository="https://example.com/c", version="1.2.3", release="summit", piecewise=True)


@pytest.mark.parametrize(
    ("repository", "chart", "asked"),
    [
        ("https://example.com/c", "top", {"repo": "https://example.com/c"}),
        ("oci://registry.example.com/c", "oci://registry.example.com/c/top", None),
        ("/srv/charts", "/srv/charts/top-1.2.3.tgz", None),
    ],
)
def test_what_is_too_large_for_a_release_is_applied_piece_by_piece(
    repository: str, chart: str, asked: dict[str, str] | None
) -> None:
    pinned = DEFINITIONS.model_copy(update={"repository": repository, "values": {"crds": True}})
    deployed = deploy(lambda: release("lab-summit", pinned, "tools", pulumi.ResourceOptions()))
    inputs = deployed.one("kubernetes:helm.sh/v4:Chart").inputs
    assert (inputs["chart"], inputs.get("repositoryOpts")) == (chart, asked)
    assert (inputs["name"], inputs["version"], inputs["namespace"]) == ("summit", "1.2.3", "tools")
    assert inputs["values"] == {"crds": True}


def test_a_chart_that_is_not_the_last_can_hold_back_the_next() -> None:
    charts = [DEFINITIONS.model_copy(update={"release": name, "piecewise": False}) for name in "abc"]
    charts[1] = charts[1].model_copy(update={"accepts": OBJECT})
    unit = Unit(name="notes", namespace=Namespace(name="tools"), charts=tuple(charts), accepts=OBJECT)
    deployed = deploy(lambda: Installation(unit, cluster=Existing("lab", Existing.Spec(kubeconfig="~/x"))))
    hooks = {name: list(deployed.named(f"lab-notes-{name}").request.hooks.after_create) for name in "abc"}
    assert hooks == {"a": [], "b": ["lab-notes-b-ready"], "c": ["lab-notes-ready"]}
