import pytest

from components.addons.keda import Keda
from components.context import Context, Conventions
from components.mirror import Mirror
from components.unit import Chart
from tests.components.addons.charts import unknown_keys

LAPTOP, PRODUCTION = (Context(conventions=Conventions(profile=profile)) for profile in ("laptop", "production"))
PARTS = ("operator", "metricsServer", "webhooks")


def chart(context: Context) -> Chart:
    (only,) = Keda().unit(context).charts
    return only


def test_it_has_the_external_metrics_for_itself_under_the_name_of_its_module() -> None:
    assert Keda.key() == "keda"
    assert Keda().claims(Context()) == ("external metrics API",)


@pytest.mark.parametrize("context", [LAPTOP, PRODUCTION])
def test_the_chart_knows_every_value(context: Context) -> None:
    assert unknown_keys(chart(context)) == []


def test_its_definitions_stay_when_it_goes() -> None:
    assert chart(LAPTOP).values["crds"] == {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}}


def test_it_may_not_scale_whatever_there_is() -> None:
    assert chart(LAPTOP).values["rbac"] == {"enabledCustomScaledRefKinds": False}


def test_each_deployment_reserves_what_it_is_limited_to() -> None:
    resources = chart(LAPTOP).values["resources"]
    assert resources.keys() == {"operator", "metricServer", "webhooks"}
    assert all(each["requests"]["memory"] == each["limits"]["memory"] for each in resources.values())


def test_production_differs_by_replicas_budgets_and_spread_only() -> None:
    frugal, available = chart(LAPTOP).values, chart(PRODUCTION).values
    assert available.keys() - frugal.keys() == {*PARTS, "podDisruptionBudget", "topologySpreadConstraints"}
    assert {key: available[key] for key in frugal} == frugal
    assert [available[part] for part in PARTS] == [{"replicaCount": 2}] * 3
    assert available["topologySpreadConstraints"].keys() == set(PARTS)
    assert available["podDisruptionBudget"].keys() == frugal["resources"].keys()


def test_what_follows_waits_until_its_webhook_takes_a_scaled_object() -> None:
    accepts = Keda().unit(Context()).accepts
    assert accepts
    assert (accepts["apiVersion"], accepts["kind"]) == ("keda.sh/v1alpha1", "ScaledObject")
    assert accepts["metadata"]["namespace"] == "keda"


def test_a_mirror_moves_every_image() -> None:
    unit = Mirror(images="registry.example.com:5000/mirror").unit(Keda().unit(LAPTOP))
    images = {key: image for key, image in unit.charts[0].values["image"].items() if key != "pullPolicy"}
    assert images == {
        key: {"registry": "registry.example.com:5000", "repository": f"mirror/ghcr.io/kedacore/{name}"}
        for key, name in (
            ("keda", "keda"),
            ("metricsApiServer", "keda-metrics-apiserver"),
            ("webhooks", "keda-admission-webhooks"),
        )
    }
