from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.hello_nginx import HelloNginx
from components.addons.istio import Istio
from components.addons.jupyterhub import JupyterHub
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mesh import AMBIENT
from components.objects import HAS_HOST

TRAITS = Traits(storage_class="standard", load_balancer=True)
PRODUCTION = Context(traits=TRAITS)
LAPTOP = Context(traits=TRAITS, conventions=Conventions(profile="laptop"))
HOST = {"host": "jupyterhub.example.it"}
GITHUB = {"authenticator": "github", "github": {"secret": "hub-oauth", "organizations": ["example"]}}
URLS = {f"{name}_url": f"https://id.example.it/{name}" for name in ("authorize", "token", "userdata")}
OPEN_ID = {"authenticator": "open-id", "open_id": {"secret": "hub-oauth", **URLS}}


def hub(context: Context = LAPTOP, **choices: Any) -> dict[str, Any]:
    (chart,) = JupyterHub.model_validate({**HOST, **choices}).unit(context).charts
    return chart.values


def refusal(context: Context, *others: Any, **choices: Any) -> str:
    addons = (Istio(), JupyterHub.model_validate({**HOST, **choices}), *others)
    with pytest.raises(Invalid) as error:
        list(Environment(addons=addons).units(context))
    return str(error.value)


def test_people_reach_it_by_its_host_through_the_gateway_alone() -> None:
    values = hub()
    own = {"enabled": True, "ingressClassName": "istio", "hosts": ["jupyterhub.example.it"]}
    assert values["ingress"] == {**own, **HAS_HOST}
    assert values["proxy"]["service"] == {"type": "ClusterIP"}
    assert JupyterHub(host="a.example.it").needs(LAPTOP) == (Istio,)


def test_another_ingress_class_needs_no_istio() -> None:
    addon = JupyterHub(host="a.example.it", ingress_class="nginx")
    assert addon.needs(LAPTOP) == ()
    assert addon.unit(LAPTOP).charts[0].values["ingress"]["ingressClassName"] == "nginx"


def test_its_certificate_is_named_not_given() -> None:
    assert hub(tls_secret="lab")["ingress"]["tls"] == [{"hosts": ["jupyterhub.example.it"], "secretName": "lab"}]


def test_notebooks_may_call_the_models_over_the_mesh_and_not_the_clouds_metadata() -> None:
    meshed = Context(traits=TRAITS, conventions=Conventions(mesh=AMBIENT))
    notebooks = hub(meshed)["singleuser"]
    (rule,) = notebooks["networkPolicy"]["egress"]
    assert rule == {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "models"}}}]}
    assert notebooks["extraLabels"] == AMBIENT
    assert notebooks["cloudMetadata"] == {"blockWithIptables": False}, "it would take a privileged container"


def test_notebooks_keep_to_the_pod_security_of_their_namespace() -> None:
    assert JupyterHub(host="a.example.it").unit(LAPTOP).namespace.pod_security == "restricted"
    context = hub()["hub"]["config"]["KubeSpawner"]["container_security_context"]
    assert context == {
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_homes_and_the_hub_are_kept_in_the_class_that_the_cluster_has() -> None:
    values = hub()
    assert values["hub"]["db"]["pvc"] == {"storageClassName": "standard"}
    assert values["singleuser"]["storage"]["dynamic"] == {"storageClass": "standard"}


def test_secrets_are_generated_and_none_is_a_value() -> None:
    unit = JupyterHub(host="a.example.it").unit(LAPTOP)
    (secret,) = unit.secrets
    assert unit.charts[0].values["hub"]["existingSecret"] == secret.name
    keys = {"hub.config.JupyterHub.cookie_secret", "hub.config.CryptKeeper.keys", "user_password", "admin_password"}
    assert secret.keys.keys() == keys
    assert unit.charts[0].values["hub"]["config"].keys().isdisjoint({"ConfigurableHTTPProxy", "CryptKeeper"})


@pytest.mark.parametrize(
    ("choices", "kind"),
    [
        ({}, "shared-password"),
        ({"authenticator": "dummy"}, "dummy"),
        ({"authenticator": "native"}, "native"),
        (GITHUB, "github"),
        (OPEN_ID, "generic-oauth"),
    ],
)
def test_who_may_log_in_is_chosen(choices: dict[str, Any], kind: str) -> None:
    config = hub(**choices, admins=["ada"])["hub"]["config"]
    assert config["JupyterHub"] == {"authenticator_class": kind}
    assert config["Authenticator"]["admin_users"] == ["ada"]


def test_images_are_the_charts_unless_others_are_chosen() -> None:
    image = "registry.example.com/notebook@sha256:" + "0" * 64
    (chart,) = JupyterHub(host="a.example.it", notebook_image=image).unit(LAPTOP).charts
    assert image in [each.image for each in chart.images]
    chosen = chart.values["singleuser"]["image"]
    assert f"{chosen['name']}:{chosen['tag']}" == image, "the chart joins the two so"
    assert "image" not in chart.values["hub"]


def test_a_laptop_pulls_nothing_beforehand() -> None:
    (laptop,), (production,) = (JupyterHub(host="a.example.it").unit(each).charts for each in (LAPTOP, PRODUCTION))
    more = {each.image for each in production.images} - {each.image for each in laptop.images}
    assert more == {"quay.io/jupyterhub/k8s-image-awaiter:4.4.1", "registry.k8s.io/pause:3.10.1"}
    assert laptop.values["prePuller"] == {"hook": {"enabled": False}, "continuous": {"enabled": False}}


def test_anybody_as_anybody_is_for_laptops_only() -> None:
    assert "authenticator: 'dummy' lets anybody in, which only `profile: laptop` may" in refusal(
        PRODUCTION, authenticator="dummy", tls_secret="lab"
    )
    assert len(list(Environment(addons=(Istio(), JupyterHub(**HOST, authenticator="dummy"))).units(LAPTOP))) == 2


def test_passwords_do_not_travel_in_clear_in_production() -> None:
    message = "addons.jupyterhub.tls_secret: people would send passwords to http://jupyterhub.example.it in clear"
    assert refusal(PRODUCTION) == f"{message}. Name the Secret of its certificate"


def test_homes_need_a_storage_class() -> None:
    message = refusal(Context(traits=Traits(load_balancer=True), conventions=LAPTOP.conventions))
    assert "homes are kept on volumes, and no storage class of this cluster is known. Say the cluster's" in message


def test_two_with_one_host_are_refused() -> None:
    message = refusal(LAPTOP, HelloNginx(host="jupyterhub.example.it"))
    assert "addons.hello_nginx: is the host jupyterhub.example.it, as 'jupyterhub' is" in message


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"host": "Jupyter_Hub"}, "must be a DNS name with a dot and in lower case"),
        ({"host": "https://a.example.it"}, "must be a DNS name"),
        ({"tls_secret": "*.example.it"}, "must be lower case letters, digits and '-'"),
        ({"authenticator": "pam"}, "Input should be 'dummy', 'github', 'native', 'open-id' or 'shared-password'"),
        ({"authenticator": "github"}, "authenticator 'github' is not told whom to ask. Say `github`"),
        ({"authenticator": "open-id"}, "authenticator 'open-id' is not told whom to ask. Say `open_id`"),
        ({**GITHUB, "authenticator": "native"}, "github is said, but the authenticator is 'native'. Keep one"),
        ({**GITHUB, "github": {"secret": "x", "organizations": []}}, "at least 1 item"),
        ({**OPEN_ID, "open_id": {"secret": "x", **URLS, "token_url": "http://id"}}, "must be an https:// address"),
        ({"notebook_image": "quay.io/notebook"}, "must name a tag other than 'latest'"),
        ({"user_password": "secret"}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_choices_are_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        JupyterHub.model_validate({**HOST, **choices})
    assert message in str(error.value)
