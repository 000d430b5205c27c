from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.cert_manager import CertManager
from components.context import Context, Conventions
from components.mirror import Mirror
from components.unit import Chart, KubernetesObject, identity
from tests.components.addons.charts import refusals, unknown_keys

ACME = {"email": "platform@example.it", "ingress_class": "istio"}
LAPTOP, PRODUCTION = (Context(conventions=Conventions(profile=profile)) for profile in ("laptop", "production"))


def chart(context: Context) -> Chart:
    (only,) = CertManager().unit(context).charts
    return only


def issuers(**choices: Any) -> dict[str, KubernetesObject]:
    unit = CertManager.model_validate(choices).unit(Context())
    return {identity(each): each["spec"] for each in unit.objects}


def test_its_key_is_the_name_of_its_module() -> None:
    assert CertManager.key() == "cert_manager"


@pytest.mark.parametrize("context", [LAPTOP, PRODUCTION])
def test_the_chart_knows_every_value(context: Context) -> None:
    assert unknown_keys(chart(context)) == []
    assert refusals(chart(context)) == []


def test_its_definitions_come_with_the_chart_and_stay_when_it_goes() -> None:
    assert chart(LAPTOP).values["crds"] == {"enabled": True, "keep": True}


def test_production_differs_by_replicas_budgets_and_spread_only() -> None:
    frugal, available = chart(LAPTOP).values, chart(PRODUCTION).values
    for part in ("webhook", "cainjector"):
        assert available[part].keys() - frugal[part].keys() == {
            *("podDisruptionBudget", "replicaCount", "topologySpreadConstraints")
        }
        assert available[part]["resources"] == frugal[part]["resources"]
    assert available.keys() - frugal.keys() == {"podDisruptionBudget", "replicaCount", "topologySpreadConstraints"}


def test_what_follows_waits_until_its_webhook_takes_an_issuer() -> None:
    accepts = CertManager().unit(Context()).accepts
    assert accepts
    assert (accepts["apiVersion"], accepts["kind"]) == ("cert-manager.io/v1", "Issuer")
    assert accepts["metadata"]["namespace"] == "cert-manager"


def test_certificates_of_its_own_need_no_choice() -> None:
    assert issuers() == {"clusterissuer.self-signed": {"selfSigned": {}}}


def test_acme_is_let_s_encrypt_over_http_and_staging_until_production_is_said() -> None:
    acme = issuers(acme=ACME)["clusterissuer.acme"]["acme"]
    assert acme["server"] == "https://acme-staging-v02.api.letsencrypt.org/directory"
    assert acme["email"] == "platform@example.it"
    assert acme["solvers"] == [{"http01": {"ingress": {"ingressClassName": "istio"}}}]
    trusted = issuers(acme={**ACME, "directory": "production"})["clusterissuer.acme"]["acme"]
    assert trusted["server"] == "https://acme-v02.api.letsencrypt.org/directory"


def test_a_mirror_moves_every_image() -> None:
    unit = Mirror(images="registry.example.com/mirror").unit(CertManager().unit(LAPTOP))
    values = unit.charts[0].values
    parts = (values, *(values[part] for part in ("webhook", "cainjector", "acmesolver", "startupapicheck")))
    names = ("controller", "webhook", "cainjector", "acmesolver", "startupapicheck")
    for part, name in zip(parts, names, strict=True):
        assert part["image"] == {
            "repository": f"registry.example.com/mirror/quay.io/jetstack/cert-manager-{name}",
        }


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"email": "platform"}, "must be an e-mail address"),
        ({"email": "platform@example"}, "must be an e-mail address"),
        ({"ingress_class": "Istio!"}, "must be lower case"),
        ({"directory": "live"}, "'production' or 'staging'"),
        ({"mail": "x"}, "Extra inputs"),
    ],
)
def test_a_mistake_is_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CertManager.model_validate({"acme": {**ACME, **choices}})
