import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.addons.argo_cd import ArgoCd
from components.context import Context, Conventions
from components.objects import HAS_HOST
from components.unit import Chart, Unit

LAPTOP = Context(conventions=Conventions(profile="laptop"))
PRODUCTION = Context(conventions=Conventions(profile="production"))
SIGN_ON = {"issuer": "https://login.example.it", "client_id": "argo", "secret": "argo-oidc"}
DELIVERY = {"repository": "https://git.example.com/platform.git"}


def unit(context: Context = LAPTOP, **choices: Any) -> Unit:
    return ArgoCd.model_validate(choices).unit(context)


def chart(context: Context = LAPTOP, **choices: Any) -> Chart:
    (only,) = unit(context, **choices).charts
    return only


def test_the_chart_is_pinned() -> None:
    found = chart()
    assert (found.name, found.version, found.repository) == (
        *("argo-cd", "10.9.5"),
        "https://argoproj.github.io/argo-helm",
    )


def test_without_a_repository_it_is_argo_cd_alone() -> None:
    assert unit().objects == ()


def test_the_admin_has_no_password_unless_asked_for() -> None:
    assert chart().values["configs"]["cm"]["admin.enabled"] is False
    assert chart(admin=True).values["configs"]["cm"]["admin.enabled"] is True


def test_the_client_secret_of_sign_on_stays_in_its_secret() -> None:
    configs = chart(sign_on={**SIGN_ON, "admins": ["platform"]}).values["configs"]
    assert json.loads(configs["cm"]["oidc.config"]) == {
        "name": "SSO",
        "issuer": "https://login.example.it",
        "clientID": "argo",
        "clientSecret": "$argo-oidc:client-secret",
    }
    assert configs["rbac"] == {"policy.default": "role:readonly", "policy.csv": "g, platform, role:admin\n"}


def test_who_has_no_host_has_no_ingress() -> None:
    values = chart().values
    assert "ingress" not in values["server"]
    assert values["configs"]["params"]["server.insecure"] is False


def test_behind_an_ingress_tls_ends_there() -> None:
    values = chart(host="argo.example.it", ingress_class="istio", tls_secret="argo-tls", sign_on=SIGN_ON).values
    assert values["global"] == {"domain": "argo.example.it"}
    assert values["configs"]["params"]["server.insecure"] is True
    assert values["server"]["ingress"] == {
        "enabled": True,
        "ingressClassName": "istio",
        "extraTls": [{"hosts": ["argo.example.it"], "secretName": "argo-tls"}],
        **HAS_HOST,
    }


def test_production_has_two_of_what_has_no_state() -> None:
    small, large = chart().values, chart(PRODUCTION).values
    for part in ("server", "repoServer", "applicationSet"):
        assert large[part]["replicas"] == 2
        assert large[part]["pdb"] == {"enabled": True, "maxUnavailable": 1}
        assert "replicas" not in small[part]
    assert "replicas" not in large["controller"]


def test_an_application_is_as_healthy_as_what_it_applies() -> None:
    configs = chart().values["configs"]
    health = configs["cm"]["resource.customizations.health.argoproj.io_Application"]
    assert "obj.status.health" in health
    assert 'health.status or "Progressing"' in health
    assert configs["params"]["applicationsetcontroller.enable.progressive.syncs"] is True


def test_it_waits_until_the_api_server_knows_a_project() -> None:
    accepted = unit(delivery=DELIVERY).accepts
    assert accepted
    assert (accepted["apiVersion"], accepted["kind"]) == ("argoproj.io/v1alpha1", "AppProject")


def test_a_host_can_be_had_by_one_add_on_only() -> None:
    addon = ArgoCd.model_validate({"host": "argo.example.it", "admin": True})
    assert addon.claims(LAPTOP) == ("host argo.example.it",)
    assert ArgoCd().claims(LAPTOP) == ()


def test_production_has_neither_a_shared_password_nor_an_open_door() -> None:
    careless = ArgoCd.model_validate({"host": "argo.example.it", "admin": True})
    assert list(careless.mistakes(PRODUCTION)) == [
        (("admin",), "is one password for everybody in production. Leave it out, and say sign_on"),
        (("tls_secret",), "argo.example.it is open without TLS in production. Name the Secret of its certificate"),
    ]
    assert list(careless.mistakes(LAPTOP)) == []


@pytest.mark.parametrize(
    ("choices", "fact"),
    [
        ({"host": "argo.example.it"}, "nobody could sign in at argo.example.it. Say sign_on"),
        ({"host": "argo", "admin": True}, "must be a DNS name with a dot"),
        ({"delivery": {"repository": "platform"}}, "must be a git repository as https://HOST/PATH"),
        ({"delivery": {"repository": "https://me:secret@git.example.com/a"}}, "without a password"),
        ({"delivery": {**DELIVERY, "path": "/etc"}}, "should match pattern"),
        ({"delivery": {**DELIVERY, "path": ""}}, "should match pattern"),
        ({"delivery": {**DELIVERY, "path": "a/../b*"}}, "should match pattern"),
        ({"sign_on": {**SIGN_ON, "issuer": "http://login.example.it"}}, "should match pattern"),
        ({"sign_on": {**SIGN_ON, "client_secret": "x"}}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_choice_is_refused(choices: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ArgoCd.model_validate(choices)
    assert fact in str(caught.value)


def test_its_values_are_yaml_that_reads_the_same() -> None:
    values = chart(PRODUCTION, delivery=DELIVERY).values
    assert yaml.safe_load(yaml.safe_dump(values)) == values
