from typing import Any

import pytest

from components.addons.hello_nginx import HelloNginx
from components.addons.istio import Istio
from components.context import Context, Conventions
from components.unit import KubernetesObject

LAPTOP = Context(conventions=Conventions(profile="laptop"))


def objects(context: Context = LAPTOP, **choices: Any) -> dict[str, KubernetesObject]:
    return {each["kind"]: each for each in HelloNginx.model_validate(choices).unit(context).objects}


def test_its_host_leads_through_the_ingress_and_the_service_to_its_pods() -> None:
    found = objects(host="hello.example.it")
    (rule,) = found["Ingress"]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert (rule["host"], backend["name"]) == ("hello.example.it", found["Service"]["metadata"]["name"])
    (port,) = found["Service"]["spec"]["ports"]
    template = found["Deployment"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert backend["port"]["number"] == port["port"]
    assert port["targetPort"] in [each["name"] for each in container["ports"]]
    for selector in (
        found["Service"]["spec"]["selector"],
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= template["metadata"]["labels"].items()


def test_it_waits_for_the_gateway_of_its_class() -> None:
    assert HelloNginx().needs(LAPTOP) == (Istio,)
    assert HelloNginx(ingress_class="nginx").needs(LAPTOP) == ()
    assert objects(ingress_class="nginx")["Ingress"]["spec"]["ingressClassName"] == "nginx"


def test_a_certificate_serves_its_host() -> None:
    assert "tls" not in objects()["Ingress"]["spec"]
    found = objects(host="hello.example.it", tls_secret="certificate")["Ingress"]["spec"]
    assert found["tls"] == [{"hosts": ["hello.example.it"], "secretName": "certificate"}]


def test_its_host_is_its_own() -> None:
    assert HelloNginx(host="hello.example.it").claims(LAPTOP) == ("host hello.example.it",)


@pytest.mark.parametrize(("context", "replicas", "budgets"), [(LAPTOP, 1, 0), (Context(), 2, 1)])
def test_production_has_two_and_lets_one_go_at_a_time(context: Context, replicas: int, budgets: int) -> None:
    found = objects(context)
    assert found["Deployment"]["spec"]["replicas"] == replicas
    assert list(found).count("PodDisruptionBudget") == budgets
