from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context, Conventions
from components.environment import Environment
from components.images import images
from components.mirror import Mirror
from components.unit import Chart, ChartImage, Namespace, Unit
from tests.components.test_environment import Keel

PILOT = "docker.io/istio/pilot:1.30.0"
MIRROR = Mirror(charts="oci://registry.example.com/charts/", images="registry.example.com/mirror")
POD: dict[str, Any] = {
    "initContainers": [{"name": "fetch", "image": "docker.io/library/busybox:1.37.0"}],
    "containers": [{"name": "server", "image": "docker.io/seldonio/mlserver@sha256:abc"}],
}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {"template": POD}}


def chart(image: str = PILOT, **paths: str) -> Chart:
    values = {"global": {"hub": "old", "tag": "1"}, "pilot": {"replicas": 2}}
    found = (ChartImage(image=image, paths={key.replace("_", "."): text for key, text in paths.items()}),)
    return Chart(name="istiod", repository="https://x", version="1", release="istiod", values=values, images=found)


def unit(*charts: Chart) -> Unit:
    return Unit(name="mesh", namespace=Namespace(name="mesh"), charts=charts, objects=(DEPLOYMENT,))


def test_without_a_mirror_everything_comes_from_its_publisher() -> None:
    assert Mirror().unit(unit(chart(global_hub="{parent}"))) == unit(chart(global_hub="{parent}"))


def test_a_chart_comes_from_the_mirror_and_keeps_its_name_and_version() -> None:
    (found,) = MIRROR.unit(unit(chart())).charts
    assert (found.repository, found.name, found.version) == ("oci://registry.example.com/charts", "istiod", "1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{image}", "registry.example.com/mirror/docker.io/istio/pilot:1.30.0"),
        ("{repository}", "registry.example.com/mirror/docker.io/istio/pilot"),
        ("{parent}", "registry.example.com/mirror/docker.io/istio"),
        ("{registry}", "registry.example.com"),
        ("{path}", "mirror/docker.io/istio/pilot"),
        ("{tag}", "1.30.0"),
    ],
)
def test_the_values_of_a_chart_name_its_images_where_they_are_now(text: str, said: str) -> None:
    (found,) = MIRROR.unit(unit(chart(global_hub=text))).charts
    assert found.values == {"global": {"hub": said, "tag": "1"}, "pilot": {"replicas": 2}}


def test_an_image_that_is_a_volume_comes_from_the_mirror() -> None:
    volume = {"name": "model-0", "image": {"reference": "ghcr.io/org/iris:v1", "pullPolicy": "IfNotPresent"}}
    found = MIRROR.object({**DEPLOYMENT, "spec": {"template": {"volumes": [volume]}}})
    (moved,) = found["spec"]["template"]["volumes"]
    assert moved["image"]["reference"] == "registry.example.com/mirror/ghcr.io/org/iris:v1"
    assert images([Unit(name="iris", namespace=Namespace(name="models"), objects=(found,))]) == [
        "registry.example.com/mirror/ghcr.io/org/iris:v1"
    ]


def test_every_container_of_an_object_comes_from_the_mirror() -> None:
    (found,) = MIRROR.unit(unit()).objects
    assert found["spec"]["template"] == {
        "initContainers": [{"name": "fetch", "image": "registry.example.com/mirror/docker.io/library/busybox:1.37.0"}],
        "containers": [
            {"name": "server", "image": "registry.example.com/mirror/docker.io/seldonio/mlserver@sha256:abc"}
        ],
    }
    assert DEPLOYMENT["spec"] == {"template": POD}


def test_the_images_of_an_environment_are_those_of_charts_and_objects_as_they_will_be_pulled() -> None:
    assert images([unit(chart())])[0] == PILOT
    assert all(image.startswith("registry.example.com/mirror/") for image in images([MIRROR.unit(unit(chart()))]))


def test_charts_and_images_move_apart() -> None:
    only_charts = Mirror(charts="/srv/charts").unit(unit(chart(global_hub="{parent}")))
    assert only_charts.objects == (DEPLOYMENT,)
    assert only_charts.charts[0].repository == "/srv/charts"
    assert only_charts.charts[0].values["global"]["hub"] == "old"


def test_an_environment_takes_everything_from_its_mirror() -> None:
    class Mesh(Keel):
        def unit(self, context: Context) -> Unit:
            return unit(chart())

    context = Context(conventions=Conventions(mirror=MIRROR))
    (found,) = Environment(addons=(Mesh(),)).units(context)
    assert found == MIRROR.unit(unit(chart()))


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ({"charts": "registry.example.com/charts"}, "must be oci://HOST/PATH, an https:// repository, or the path"),
        ({"images": "https://registry.example.com"}, "must be HOST/PATH without a scheme"),
        ({"images": "/"}, "must be HOST/PATH without a scheme"),
    ],
)
def test_a_place_that_cannot_be_one_is_refused(wrong: dict[str, str], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        Mirror.model_validate(wrong)
