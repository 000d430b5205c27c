"""The checker of charts' values, on a chart made up for it and on real ones."""

from typing import Any

import pytest

from components import chart_values
from components.chart_values import Known
from components.unit import Chart, ChartImage
from tests.components.addons.charts import refusals, unknown_keys

DEFAULTS: dict[str, Any] = {
    "controller": {"image": {"repository": "a/b", "tag": None}, "replicas": 1, "nodeSelector": {}, "args": []},
    "podAnnotations": {"scrape": "true"},
    "resources": {"cpuLimit": "1"},
    "inner": {"enabled": False},
    "closed": {},
    "config": {"Hub": {}},
}
SCHEMA: dict[str, Any] = {
    "$ref": "#/$defs/values",
    "$defs": {
        "values": {
            "additionalProperties": False,
            "properties": {
                "controller": {"allOf": [{"$ref": "#/$defs/controller"}]},
                "closed": {"additionalProperties": False, "properties": {"x": {}}},
                "config": {"patternProperties": {".*": {}}, "additionalProperties": False},
            },
        },
        "controller": {"properties": {"unlisted": {}}},
    },
}


def chart(**fields: Any) -> Chart:
    given = {"name": "notes", "repository": "https://charts.example.org", "version": "1.0.0", "release": "notes"}
    return Chart.model_validate({**given, **fields})


@pytest.mark.parametrize(
    ("values", "unknown"),
    [
        ({}, []),
        ({"controller": {"replicas": 2}}, []),
        ({"controller": {"nodeSelector": {"disk": "ssd"}, "args": ["-v"]}}, []),
        ({"controller": {"image": {"tag": "1.0"}}}, []),
        ({"controller": {"unlisted": 1}}, []),
        ({"podAnnotations": {"other": "x"}}, []),
        ({"resources": {"requests": {"memory": "1Gi"}, "limits": {}}}, []),
        ({"inner": {"of": {"another": "chart"}}}, []),
        ({"config": {"Hub": {"x": 1}, "Spawner": {"y": 2}}}, []),
        ({"closed": {"x": 1}}, []),
        ({"closed": {"y": 1}}, ["closed.y"]),
        ({"resources": {"memoryLimit": "1Gi"}}, ["resources.memoryLimit"]),
        ({"controler": {}}, ["controler"]),
        ({"controller": {"image": {"tga": "1.0"}, "replica": 2}}, ["controller.image.tga", "controller.replica"]),
        ({"controller": {"replicas": {"min": 1}}}, ["controller.replicas"]),
        ({"controller": "large"}, ["controller"]),
    ],
)
def test_a_key_is_known_where_defaults_or_schema_have_it(values: dict[str, Any], unknown: list[str]) -> None:
    assert chart_values.unknown_keys(chart(values=values), Known(DEFAULTS, SCHEMA, ("inner",))) == unknown


def test_what_a_mirror_would_set_is_looked_up_too() -> None:
    paths = {"controller.image.repository": "{repository}", "controller.image.hub": "{registry}"}
    image = ChartImage(image="docker.io/a/b:1", paths=paths)
    assert chart_values.unknown_keys(chart(images=(image,)), Known(DEFAULTS)) == ["controller.image.hub"]


@pytest.mark.parametrize(
    ("name", "version", "values", "unknown"),
    [
        ("metallb", "0.16.1", {"speaker": {"frr": {"enabled": False}}}, []),
        ("metallb", "0.16.1", {"speaker": {"frrk8s": {"enabled": False}}}, ["speaker.frrk8s"]),
        ("istiod", "1.30.0", {"meshConfig": {"accessLogFile": "/dev/stdout"}}, []),
        ("istiod", "1.30.0", {"pilot": {"resources": {}}}, ["pilot"]),
        ("gateway", "1.30.0", {"labels": {"istio": "ingressgateway"}}, []),
        ("jupyterhub", "4.4.0", {"hub": {"config": {"Authenticator": {"admin_users": ["a"]}}}}, []),
        ("jupyterhub", "4.4.0", {"hub": {"authenticator": "dummy"}}, ["hub.authenticator"]),
        ("seldon-core-operator", "1.17.1", {"executor": {"resources": {"cpu": 1}}}, ["executor.resources.cpu"]),
        ("keda", "2.20.2", {"resources": {"operator": {"limits": {"memory": "200Mi"}}}}, []),
        ("keda", "2.20.2", {"resources": {"operater": {}}}, ["resources.operater"]),
        ("kube-prometheus-stack", "88.5.3", {"prometheus": {"prometheusSpec": {"retention": "7d"}}}, []),
        ("kube-prometheus-stack", "88.5.3", {"prometheus": {"retention": "7d"}}, ["prometheus.retention"]),
    ],
)
@pytest.mark.usefixtures("shared")
def test_a_misspelt_key_of_a_real_chart_is_found(
    name: str, version: str, values: dict[str, Any], unknown: list[str]
) -> None:
    assert unknown_keys(chart(name=name, version=version, values=values)) == unknown


@pytest.mark.usefixtures("shared")
def test_a_value_of_a_wrong_type_is_what_the_schema_refuses() -> None:
    def hub(replicas: object) -> Chart:
        values = {"scheduling": {"userScheduler": {"replicas": replicas}}}
        return chart(name="jupyterhub", version="4.4.0", values=values)

    assert refusals(hub(2)) == []
    assert refusals(hub("two")) == ["$.scheduling.userScheduler.replicas: 'two' is not of type 'integer'"]


def test_a_chart_of_which_nothing_is_known_is_skipped_with_its_name() -> None:
    reason = r"the values of chart notes 1\.0\.0 are not in .*: its keys go unchecked"
    with pytest.raises(pytest.skip.Exception, match=reason):
        unknown_keys(chart())
