"""What charts are told, and what they bring."""

from collections.abc import Iterator
from functools import partial

from ...charts import CHART
from ...images import Image, of
from ...objects import Object, get, kind
from ...rule import Finding, ObjectRule, Severity

AUTHENTICATOR = ("spec", "values", "hub", "config", "JupyterHub", "authenticator_class")
BUSINESS_SOURCE = {"seldon-core-operator": (1, 18)}
"""The first version of each chart that is under the Business Source License."""
FLOORS = {"mlflow": (3, 17), "tritonserver": (26, 7), "k8s-hub": (4, 4, 1)}
"""By the last part of an image's name: the first version in which known holes are closed."""


def _chart(item: Object, name: str) -> bool:
    return kind(item) == CHART and get(item, "spec", "chart") == name


def _version(text: object) -> tuple[int, ...]:
    """The numbers at the beginning: (26, 7) of '26.07-py3', (3, 18, 0) of 'v3.18.0'; none of anything else."""
    numbers = []
    for part in str(text).removeprefix("v").split("-")[0].split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


@partial(
    ObjectRule,
    id="login-dummy",
    severity=Severity.MANDATORY,
    title="JupyterHub asks who somebody is",
    reason="The dummy authenticator, which the chart has unless told, lets anybody in as anybody, with any password.",
    remedy="Set `hub.config.JupyterHub.authenticator_class` to another.",
    reference="https://z2jh.jupyter.org/en/stable/administrator/authentication.html",
)
def dummy(item: Object) -> Iterator[Finding]:
    if _chart(item, "jupyterhub") and "dummy" in str(get(item, *AUTHENTICATOR) or "dummy").lower():
        yield AUTHENTICATOR, "lets anybody in"


@partial(
    ObjectRule,
    id="licence-acknowledged",
    severity=Severity.MANDATORY,
    title="A licence that restricts use is acknowledged",
    reason="The Business Source License asks for a contract where one uses it for more than trying.",
    remedy="Use the version before, or annotate what the chart makes `policy.slipway/licence-acknowledged: <by whom>`.",
    reference="https://github.com/SeldonIO/seldon-core/blob/v1.18.2/LICENSE",
)
def licence(item: Object) -> Iterator[Finding]:
    for chart, first in BUSINESS_SOURCE.items():
        version = get(item, "spec", "version")
        if _chart(item, chart) and _version(version) >= first:
            yield ("spec", "version"), f"version {version} is under the Business Source License"


@partial(
    ObjectRule,
    id="version-floor",
    severity=Severity.MANDATORY,
    title="No version with known holes",
    reason="They are published: whoever reaches the server can look up how to enter.",
    remedy="Use MLflow 3.17, Triton 26.07, JupyterHub 5.5.1 (a chart after 4.4.0, or an image with it) or later.",
    reference="https://jupyterhub.readthedocs.io/en/5.5.1/reference/changelog.html",
)
def floor(item: Object) -> Iterator[Finding]:
    for path, image in of(item):
        if found := _below(image):
            yield path, f"{image.repository.rpartition('/')[2]} {image.tag} is below {'.'.join(map(str, found))}"
    own = _chart(item, "jupyterhub") and not get(item, "spec", "values", "hub", "image")
    if own and _version(get(item, "spec", "version")) < FLOORS["k8s-hub"]:
        yield ("spec", "version"), "has a JupyterHub below 5.5.1"


def _below(image: Image) -> tuple[int, ...] | None:
    """The floor that an image is under; None too where its tag is no version."""
    floor, version = FLOORS.get(image.repository.rpartition("/")[2], ()), _version(image.tag)
    return floor if version and version < floor else None
