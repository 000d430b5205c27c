from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.ingress_nginx import IngressNginx
from components.context import Context, Conventions
from components.mirror import Mirror

PRODUCTION = Context()
LAPTOP = Context(conventions=Conventions(profile="laptop"))


def addon(**choices: Any) -> IngressNginx:
    return IngressNginx.model_validate({"accept_retired": True, **choices})


def controller(context: Context = LAPTOP, **choices: Any) -> dict[str, Any]:
    (chart,) = addon(**choices).unit(context).charts
    found: dict[str, Any] = chart.values["controller"]
    return found


def test_its_retirement_must_be_known() -> None:
    with pytest.raises(ValidationError) as caught:
        IngressNginx()
    assert "no security fix since March 2026" in str(caught.value)
    assert "Use istio, or say accept_retired: true" in str(caught.value)


def test_it_answers_its_own_class_only() -> None:
    values = controller(ingress_class="edge")
    assert values["ingressClassResource"] == {"name": "edge", "default": False}
    assert (values["ingressClass"], values["watchIngressWithoutClass"]) == ("edge", False)


def test_as_the_default_it_answers_those_that_name_none() -> None:
    values = controller(default=True)
    assert values["ingressClassResource"]["default"] is True
    assert values["watchIngressWithoutClass"] is True


@pytest.mark.parametrize(("access_log", "disabled"), [(False, "true"), (True, "false")])
def test_it_writes_lines_of_requests_where_that_is_asked_for(access_log: bool, disabled: str) -> None:
    assert controller(access_log=access_log)["config"] == {"disable-access-log": disabled}


def test_there_is_one_default_and_one_of_a_name() -> None:
    assert addon().claims(LAPTOP) == ("ingress class nginx",)
    assert addon(default=True).claims(LAPTOP) == ("ingress class nginx", "default ingress class")


def test_production_has_two_on_two_machines() -> None:
    large = controller(PRODUCTION)
    assert large["replicaCount"] == 2
    (constraint,) = large["topologySpreadConstraints"]
    assert constraint["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == "controller"
    assert "replicaCount" not in controller(LAPTOP)


def test_it_is_ready_when_its_webhook_takes_an_ingress_of_its_class() -> None:
    accepted = addon(ingress_class="edge").unit(LAPTOP).accepts
    assert accepted
    assert (accepted["kind"], accepted["spec"]["ingressClassName"]) == ("Ingress", "edge")


def test_a_mirror_is_asked_by_version_for_it_need_not_have_the_digest() -> None:
    unit = Mirror(images="registry.example.com/m").unit(addon().unit(LAPTOP))
    values = unit.charts[0].values
    assert values["global"] == {"image": {"registry": "registry.example.com"}}
    assert values["controller"]["image"] == {
        "image": "m/registry.k8s.io/ingress-nginx/controller",
        "tag": "v1.15.1",
        "digest": "",
    }
