from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.addons.kserve import LEFT_OUT, RUNTIMES, KServe
from components.context import Context, Conventions, Traits
from components.unit import Unit

PRODUCTION = Context()
LAPTOP = Context(conventions=Conventions(profile="laptop"))
BRINGS_GATEWAYS = Context(traits=Traits(gateway_api=True))


def unit(context: Context = LAPTOP, **choices: Any) -> Unit:
    return KServe.model_validate(choices).unit(context)


def controller(context: Context = LAPTOP, **choices: Any) -> dict[str, Any]:
    values: dict[str, Any] = unit(context, **choices).charts[1].values["kserve"]
    return values


def test_definitions_come_first_then_the_controller_then_the_runtimes() -> None:
    charts = unit().charts
    assert [each.name for each in charts] == ["kserve-crd", "kserve-resources", "kserve-runtime-configs"]
    assert {(each.repository, each.version) for each in charts} == {("oci://ghcr.io/kserve/charts", "v0.20.0")}


def test_the_runtimes_wait_until_the_controllers_webhook_answers() -> None:
    definitions, controller, _ = unit().charts
    assert definitions.accepts is None
    assert controller.accepts
    assert controller.accepts["kind"] == "InferenceService"


def test_it_runs_without_knative() -> None:
    values = controller()["controller"]
    assert values["deploymentMode"] == "Standard"
    assert values["gateway"]["disableIstioVirtualHost"] is True


@pytest.mark.parametrize(
    ("choices", "entry"),
    [
        ({}, {"disableIngressCreation": True}),
        ({"ingress_class": "istio"}, {"ingressGateway": {"className": "istio"}}),
        ({"gateway": "a/b"}, {"ingressGateway": {"enableGatewayApi": True, "kserveGateway": "a/b"}}),
    ],
)
def test_models_are_open_by_choice_only(choices: dict[str, Any], entry: dict[str, Any]) -> None:
    found = controller(**choices)["controller"]["gateway"]
    assert found == {"domain": "models.example.com", "disableIstioVirtualHost": True, **entry}


def test_it_needs_what_signs_its_webhook_and_what_its_gateway_is_made_of() -> None:
    assert KServe().needs(PRODUCTION) == (CertManager,)
    assert KServe(gateway="a/b").needs(PRODUCTION) == (CertManager, GatewayApi)
    assert KServe(gateway="a/b").needs(BRINGS_GATEWAYS) == (CertManager,)


def test_runtimes_are_of_supported_versions() -> None:
    values = unit().charts[2].values["kserve"]["servingruntime"]
    assert values["enabled"] is True
    assert values["mlserver"] == {"image": "docker.io/seldonio/mlserver", "tag": "1.7.1"}
    assert values["tritonserver"]["tag"] == "26.07-py3"
    assert values["tensorflow"]["tag"] == "2.20.0"
    assert {name for name, each in values.items() if isinstance(each, dict) and each.get("disabled")} == {
        *LEFT_OUT,
        "huggingfaceserver",
    }


def test_only_runtimes_that_are_chosen_are_on() -> None:
    chart = unit(runtimes=["mlserver"]).charts[2]
    on = {name for name, each in chart.values["kserve"]["servingruntime"].items() if isinstance(each, dict)}
    off = {name for name in RUNTIMES if name != "mlserver"} | set(LEFT_OUT)
    assert on == off | {"mlserver"}
    assert [each.image for each in chart.images] == ["docker.io/seldonio/mlserver:1.7.1"]


def test_the_runtime_for_several_machines_has_an_image_of_its_own() -> None:
    images = [each.image for each in unit(runtimes=["huggingfaceserver"]).charts[2].images]
    assert images == [f"docker.io/kserve/huggingfaceserver:v0.20.0{gpu}" for gpu in ("", "-gpu")]


def test_a_model_on_a_laptop_gets_less() -> None:
    small, large = (controller(each)["inferenceservice"]["resources"]["requests"] for each in (LAPTOP, PRODUCTION))
    assert (small["memory"], large["memory"]) == ("512Mi", "2Gi")


def test_nobodys_domain_is_refused_in_production() -> None:
    (mistake,) = KServe(ingress_class="istio").mistakes(PRODUCTION)
    assert mistake == (("domain",), "models would open below models.example.com, which is nobody's. Say your own")
    assert list(KServe(ingress_class="istio").mistakes(LAPTOP)) == []
    assert list(KServe().mistakes(PRODUCTION)) == []


@pytest.mark.parametrize(
    ("choices", "fact"),
    [
        ({"ingress_class": "istio", "gateway": "a/b"}, "both by ingress_class and by gateway. Choose one"),
        ({"gateway": "models"}, "must be NAMESPACE/NAME of a Gateway"),
        ({"gateway": "a/b/c"}, "must be NAMESPACE/NAME of a Gateway"),
        ({"domain": "models"}, "must be a DNS name with a dot"),
        ({"runtimes": []}, "at least 1 item"),
        ({"runtimes": ["torchserve"]}, "Input should be 'mlserver'"),
    ],
)
def test_a_wrong_choice_is_refused(choices: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError) as caught:
        KServe.model_validate(choices)
    assert fact in str(caught.value)
