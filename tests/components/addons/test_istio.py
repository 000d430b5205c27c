from typing import Any

import pytest

from components.addons.istio import Istio
from components.addons.metallb import Metallb
from components.addons.tracing import Tracing
from components.clusters.k3d import K3d
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid
from components.unit import Chart

CLOUD = Context(traits=Traits(load_balancer=True))
LAPTOP = Context(traits=K3d.Spec().traits, conventions=Conventions(profile="laptop"))


def charts(istio: Istio, context: Context = CLOUD) -> dict[str, Chart]:
    return {chart.name: chart for chart in istio.unit(context).charts}


def test_its_parts_follow_each_other_and_are_of_one_version() -> None:
    unit = Istio().unit(CLOUD)
    assert [chart.name for chart in unit.charts] == ["base", "istiod", "cni", "ztunnel", "gateway"]
    assert len({chart.version for chart in unit.charts}) == 1
    assert {each.image.rpartition(":")[2] for chart in unit.charts for each in chart.images} == {unit.charts[0].version}


def test_the_gateway_has_the_label_by_which_gateways_find_it() -> None:
    unit = Istio().unit(CLOUD)
    (gateway,) = (each for each in unit.objects if each["kind"] == "Gateway")
    chart = charts(Istio())["gateway"]
    assert gateway["spec"]["selector"].items() <= chart.values["labels"].items()
    assert chart.release == "istio-ingressgateway"


def test_it_is_ready_once_its_webhook_takes_the_gateway() -> None:
    unit = Istio().unit(CLOUD)
    assert unit.accepts is not None
    assert unit.accepts["kind"] == "Gateway"
    assert unit.accepts in unit.objects


def test_with_a_certificate_it_speaks_https_and_http_leads_there() -> None:
    gateway = Istio(tls_secret="wildcard").unit(CLOUD).objects[-1]
    http, https = gateway["spec"]["servers"]
    assert http["tls"] == {"httpsRedirect": True}
    assert (https["port"]["number"], https["port"]["protocol"]) == (443, "HTTPS")
    assert https["tls"] == {"mode": "SIMPLE", "credentialName": "wildcard"}


def test_its_gateway_sends_spans_where_they_are_collected() -> None:
    laptop = Context(traits=CLOUD.traits, conventions=LAPTOP.conventions)
    units = {unit.name: unit for unit in Environment(addons=(Istio(), Tracing())).units(laptop)}
    (istiod,) = (chart for chart in units["istio"].charts if chart.name == "istiod")
    (provider,) = istiod.values["meshConfig"]["extensionProviders"]
    (service,) = (
        each
        for each in units["tracing"].objects
        if each["kind"] == "Service" and each["metadata"]["name"] == "collector"
    )
    assert provider["opentelemetry"]["service"] == "collector.tracing.svc.cluster.local"
    assert provider["opentelemetry"]["port"] in {port["port"] for port in service["spec"]["ports"]}
    (telemetry,) = (each for each in units["istio"].objects if each["kind"] == "Telemetry")
    (tracing,) = telemetry["spec"]["tracing"]
    assert tracing == {"providers": [{"name": provider["name"]}], "randomSamplingPercentage": 100}


@pytest.mark.parametrize("mutual_tls", [True, False])
def test_without_a_collector_nothing_is_said_of_spans(mutual_tls: bool) -> None:
    istio = Istio(mutual_tls=mutual_tls)
    assert "extensionProviders" not in charts(istio)["istiod"].values.get("meshConfig", {})
    assert "Telemetry" not in {each["kind"] for each in istio.unit(CLOUD).objects}


@pytest.mark.parametrize(
    ("access_log", "said"),
    [
        ("errors", {"filter": {"expression": "!has(response.code) || response.code >= 400"}}),
        ("all", {}),
    ],
)
def test_its_gateway_writes_lines_of_requests_where_that_is_asked_for(access_log: Any, said: dict[str, Any]) -> None:
    (telemetry,) = (each for each in Istio(access_log=access_log).unit(CLOUD).objects if each["kind"] == "Telemetry")
    assert telemetry["spec"] == {"accessLogging": [{"providers": [{"name": "envoy"}], **said}]}


def test_a_mesh_is_told_of_spans_and_lines_of_requests_by_one_object() -> None:
    units = Environment(addons=(Istio(access_log="all"), Tracing())).units(
        Context(traits=CLOUD.traits, conventions=LAPTOP.conventions)
    )
    (telemetry,) = (each for unit in units for each in unit.objects if each["kind"] == "Telemetry")
    assert telemetry["spec"].keys() == {"tracing", "accessLogging"}


def test_it_waits_for_metallb_where_nobody_else_gives_addresses() -> None:
    assert Istio().needs(Context()) == (Metallb,)
    assert Istio().needs(CLOUD) == ()
    assert Istio(service_type="NodePort").needs(Context()) == ()
    with pytest.raises(Invalid, match="needs the add-on 'metallb', which is left out"):
        list(Environment(addons=(Istio(),)).units(Context()))


def test_what_is_published_on_the_machine_leads_to_the_gateway() -> None:
    spec = K3d.Spec()
    ports = charts(Istio(), LAPTOP)["gateway"].values["service"]["ports"]
    leads = {str(port["nodePort"]): port["targetPort"] for port in ports if "nodePort" in port}
    published = {each["port"].rpartition(":")[2] for each in spec.config("x")["ports"]}
    assert published == leads.keys()
    assert set(leads.values()) == {80, 443}


def test_the_ports_of_the_gateway_are_left_to_its_chart_where_none_is_published() -> None:
    assert charts(Istio())["gateway"].values["service"].keys() == {"annotations"}
    assert charts(Istio(service_type="ClusterIP"), LAPTOP)["gateway"].values["service"] == {"type": "ClusterIP"}


def test_mutual_tls_is_a_convention_of_its_environment() -> None:
    assert Istio().conventions(Conventions()).mesh == {"istio.io/dataplane-mode": "ambient"}
    assert Istio(mutual_tls=False).conventions(Conventions()).mesh == {}


def test_mutual_tls_has_its_agents_and_its_proxies_enabled() -> None:
    found = charts(Istio(), LAPTOP)
    assert found["cni"].values["ambient"] == {"enabled": True}
    assert found["istiod"].values["env"] == {"PILOT_ENABLE_AMBIENT": "true"}
    metadata = found["istiod"].values["meshConfig"]["defaultConfig"]["proxyMetadata"]
    assert metadata == {"ISTIO_META_ENABLE_HBONE": "true"}, "the gateway speaks it too"
    assert found["cni"].values["global"] == found["ztunnel"].values["global"] == {"platform": "k3d"}


def test_without_mutual_tls_nothing_of_it_runs_on_nodes() -> None:
    unit = Istio(mutual_tls=False).unit(CLOUD)
    assert [chart.name for chart in unit.charts] == ["base", "istiod", "gateway"]
    assert unit.charts[1].values.keys().isdisjoint({"env", "meshConfig"})
    assert (unit.namespace.pod_security, Istio().unit(CLOUD).namespace.pod_security) == ("baseline", "privileged")


@pytest.mark.parametrize(("chart", "key"), [("istiod", "autoscaleMin"), ("gateway", "autoscaling")])
def test_production_runs_two_and_a_laptop_one(chart: str, key: str) -> None:
    production, laptop = charts(Istio())[chart].values, charts(Istio(), LAPTOP)[chart].values
    assert production[key] in (2, {"minReplicas": 2})
    assert False in (laptop.get("autoscaleEnabled"), laptop.get("autoscaling", {}).get("enabled"))
    spread: list[dict[str, Any]] = production["topologySpreadConstraints"]
    assert [each["topologyKey"] for each in spread] == ["kubernetes.io/hostname"]


def test_every_part_that_runs_says_what_it_uses() -> None:
    for context in (CLOUD, LAPTOP):
        for name, chart in charts(Istio(), context).items():
            if name != "base":
                assert chart.values["resources"]["requests"].keys() == {"cpu", "memory"}
                assert chart.values["resources"]["limits"].keys() == {"memory"}
