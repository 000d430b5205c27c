from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.monitoring import Monitoring
from components.context import Context, Conventions, Profile, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mesh import AMBIENT
from components.mirror import Mirror
from components.objects import HAS_HOST
from components.unit import identity
from tests.components.addons.charts import unknown_keys

SLACK = {"kind": "slack", "secret": "alerts", "channel": "#models"}
EVERYTHING = {
    **{"host": "grafana.example.it", "tls_secret": "grafana-tls", "ingress_class": "istio"},
    **{"retention_days": 30, "storage": "200Gi", "storage_class": "fast", "notify": SLACK},
    "objectives": {"error_percent": 1, "p99_seconds": 0.5},
}


def context(profile: Profile = "production", storage_class: str | None = "standard") -> Context:
    return Context(traits=Traits(storage_class=storage_class), conventions=Conventions(profile=profile))


def values(at: Context | None = None, /, **choices: Any) -> dict[str, Any]:
    (chart,) = Monitoring.model_validate(choices).unit(at or context()).charts
    return chart.values


def spec(at: Context | None = None, /, **choices: Any) -> dict[str, Any]:
    return dict(values(at, **choices)["prometheus"]["prometheusSpec"])


@pytest.mark.parametrize("profile", ["laptop", "production"])
@pytest.mark.parametrize("choices", [{}, EVERYTHING])
def test_the_chart_knows_every_value(profile: Profile, choices: dict[str, Any]) -> None:
    (chart,) = Monitoring.model_validate(choices).unit(context(profile)).charts
    assert (chart.name, chart.version) == ("kube-prometheus-stack", "88.5.3")
    assert unknown_keys(chart) == []


@pytest.mark.parametrize("kind", ["serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig"])
def test_monitors_of_any_release_are_picked_up(kind: str) -> None:
    assert spec()[f"{kind}SelectorNilUsesHelmValues"] is False


@pytest.mark.parametrize(
    ("profile", "days", "replicas", "interval"), [("laptop", "2d", 1, "60s"), ("production", "15d", 2, "30s")]
)
def test_a_profile_decides_how_much_there_is_of_everything(
    profile: Profile, days: str, replicas: int, interval: str
) -> None:
    found = values(context(profile))
    prometheus, alertmanager = found["prometheus"]["prometheusSpec"], found["alertmanager"]["alertmanagerSpec"]
    assert (prometheus["retention"], prometheus["scrapeInterval"]) == (days, interval)
    assert prometheus["replicas"] == alertmanager["replicas"] == replicas
    assert ("podDisruptionBudget" in found["prometheus"]) is (replicas > 1)
    assert (prometheus.get("podAntiAffinity") == "hard") is (replicas > 1)


def test_prometheus_drops_the_oldest_before_its_volume_is_full() -> None:
    assert spec(storage="100Gi")["retentionSize"] == f"{100 * 1024 * 85 // 100}MB"


@pytest.mark.parametrize(
    ("choices", "at", "storage"),
    [
        ({}, context(), {"storage": "50Gi"}),
        ({"storage": "7Gi"}, context(), {"storage": "7Gi"}),
        ({"storage_class": "fast"}, context(storage_class=None), {"storage": "50Gi", "class": "fast"}),
    ],
)
def test_it_claims_a_volume(choices: dict[str, Any], at: Context, storage: dict[str, str]) -> None:
    claim = spec(at, **choices)["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert claim["resources"] == {"requests": {"storage": storage["storage"]}}
    assert claim.get("storageClassName") == storage.get("class")


def test_a_laptop_without_volumes_forgets_with_the_pod() -> None:
    assert spec(context("laptop", storage_class=None))["storageSpec"] == {"emptyDir": {"sizeLimit": "5Gi"}}


def test_the_password_of_grafana_is_made_and_never_said() -> None:
    unit = Monitoring().unit(context())
    (secret,) = unit.secrets
    grafana = unit.charts[0].values["grafana"]
    assert grafana["admin"] == {"existingSecret": secret.name}
    assert secret.keys == {"admin-password": 32}
    assert grafana["env"] == {"GF_SECURITY_ADMIN_USER": "admin"}
    assert "adminPassword" not in repr(grafana)


def test_grafana_calls_nobody_outside() -> None:
    settings = values()["grafana"]["grafana.ini"]
    assert not any(settings["analytics"].values())
    assert settings["plugins"] == {"preinstall_disabled": True}


def test_a_host_opens_grafana_with_its_certificate() -> None:
    grafana = values(**EVERYTHING)["grafana"]
    assert grafana["ingress"] == {
        "enabled": True,
        "hosts": ["grafana.example.it"],
        "ingressClassName": "istio",
        "tls": [{"secretName": "grafana-tls", "hosts": ["grafana.example.it"]}],
        **HAS_HOST,
    }
    assert grafana["grafana.ini"]["server"] == {"root_url": "https://grafana.example.it"}
    assert Monitoring.model_validate(EVERYTHING).claims(context()) == ("host grafana.example.it",)
    assert "ingress" not in values()["grafana"]


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        (SLACK, {"slack_configs": [{"api_url_file": "url", "channel": "#models", "send_resolved": True}]}),
        ({"kind": "webhook", "secret": "alerts"}, {"webhook_configs": [{"url_file": "url"}]}),
        ({"kind": "pagerduty", "secret": "alerts"}, {"pagerduty_configs": [{"routing_key_file": "key"}]}),
    ],
)
def test_alerts_go_to_a_receiver_whose_address_is_a_secret(notify: dict[str, str], told: dict[str, Any]) -> None:
    alertmanager = values(notify=notify)["alertmanager"]
    folder = "/etc/alertmanager/secrets/alerts/"
    assert alertmanager["alertmanagerSpec"]["secrets"] == ["alerts"]
    assert alertmanager["config"]["route"]["receiver"] == "team"
    quiet, team = alertmanager["config"]["receivers"]
    assert quiet == {"name": "null"}
    assert repr(team).replace(folder, "") == repr({"name": "team", **told})


def test_nobody_is_told_unless_somebody_is_named() -> None:
    assert "config" not in values()["alertmanager"]


def test_its_objects_follow_the_operator_s_webhook() -> None:
    unit = Monitoring().unit(context())
    assert unit.accepts
    assert (unit.accepts["kind"], unit.accepts["metadata"]["namespace"]) == ("PrometheusRule", "monitoring")
    assert {identity(each) for each in unit.objects} == {
        *(f"podmonitor.monitoring.{name}" for name in ("models", "graphs", "proxies", "tunnels", "certificates")),
        "servicemonitor.monitoring.istiod",
        "prometheusrule.monitoring.serving",
        *(f"configmap.monitoring.{name}" for name in ("slipway-serving", "slipway-mesh")),
    }


def test_a_mirror_moves_every_image() -> None:
    (chart,) = Mirror(images="registry.example.com/mirror").unit(Monitoring().unit(context())).charts
    moved = set(_images(chart.values))
    assert moved == {image.image.rpartition(":")[0] for image in chart.images}
    assert len(moved) == 11


def _images(node: dict[str, Any]) -> Iterator[str]:
    """Every `registry` with its `repository`, anywhere among the values."""
    if "registry" in node:
        yield f"{node['registry']}/{node['repository']}"
    for inner in node.values():
        if isinstance(inner, dict):
            yield from _images(inner)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"host": "grafana"}, "must be a DNS name"),
        ({"tls_secret": "x"}, "are those of a host"),
        ({"ingress_class": "istio"}, "are those of a host"),
        ({"retention_days": 0}, "greater than or equal to 1"),
        ({"storage": "much"}, "positive Kubernetes quantity"),
        ({"notify": {"kind": "slack", "secret": "x"}}, "slack needs a channel"),
        ({"notify": {"kind": "webhook", "secret": "x", "channel": "#x"}}, "slack needs a channel"),
        ({"notify": {"kind": "mail", "secret": "x"}}, "'slack', 'webhook' or 'pagerduty'"),
        ({"password": "x"}, "Extra inputs"),
    ],
)
def test_a_mistake_is_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Monitoring.model_validate(choices)


@pytest.mark.parametrize(
    ("choices", "storage_class", "field", "message"),
    [
        ({"host": "grafana.example.it"}, "standard", "tls_secret", "the password of grafana.example.it would be sent"),
        ({}, None, "storage_class", "data are kept on volumes, and this cluster has no default class of them"),
    ],
)
def test_what_production_may_not_do_is_refused_with_its_place(
    choices: dict[str, Any], storage_class: str | None, field: str, message: str
) -> None:
    environment = Environment(addons=(Monitoring.model_validate(choices),))
    with pytest.raises(Invalid, match=message) as refused:
        list(environment.units(context(storage_class=storage_class)))
    assert [mistake.path for mistake in refused.value.mistakes] == [("addons", "monitoring", field)]
    assert list(environment.units(context("laptop", storage_class)))


def test_prometheus_is_a_member_of_the_mesh_where_there_is_one() -> None:
    def labels(conventions: Conventions) -> Any:
        (chart,) = Monitoring().unit(Context(conventions=conventions)).charts
        return chart.values["prometheus"]["prometheusSpec"].get("podMetadata", {}).get("labels")

    assert labels(Conventions(mesh=AMBIENT)) == AMBIENT
    assert not labels(Conventions())
