from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.cert_manager import CertManager
from components.addons.istio import GATEWAY, Istio
from components.addons.istio import NAMESPACE as ISTIO
from components.addons.seldon_core import SERVERS, SeldonCore
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid
from components.mirror import Mirror
from components.unit import Chart
from tests.components.addons.charts import known

LICENSED: dict[str, Any] = {"accept_business_source_license": True}


def chart(context: Context = Context(), **choices: Any) -> Chart:  # noqa: B008  # frozen
    (found,) = SeldonCore.model_validate(choices).unit(context).charts
    return found


def test_the_last_free_version_is_installed() -> None:
    assert chart().version == "1.17.1"
    assert "docker.io/seldonio/seldon-core-operator:1.17.1" in [each.image for each in chart().images]


@pytest.mark.parametrize("version", ["1.18.0", "1.18.1", "1.18.2"])
def test_a_later_version_asks_for_a_word_on_its_license(version: str) -> None:
    with pytest.raises(ValidationError, match=r"Business Source License 1\.1.*Stay with 1\.17\.1, or say `accept_bus"):
        SeldonCore.model_validate({"version": version})
    found = chart(version=version, **LICENSED)
    assert found.version == version
    assert {f"docker.io/seldonio/seldon-core-{part}:{version}" for part in ("operator", "executor")} <= {
        each.image for each in found.images
    }


@pytest.mark.parametrize("version", ["1.19.0", "2.10.2", "latest", 1.17])
def test_a_version_that_nobody_has_tried_is_refused(version: object) -> None:
    with pytest.raises(ValidationError, match=r"Input should be '1\.17\.1', '1\.18\.0', '1\.18\.1' or '1\.18\.2'"):
        SeldonCore.model_validate({"version": version, **LICENSED})


def test_models_are_reached_through_the_gateway() -> None:
    assert SeldonCore().needs(Context()) == (Istio,)
    assert chart().values["istio"] == {"enabled": True}
    assert known(chart()).defaults["istio"]["gateway"] == f"{ISTIO}/{GATEWAY}", "by default, and not said again"


def test_without_istio_it_needs_nothing() -> None:
    assert SeldonCore(istio=False).needs(Context()) == ()
    assert "istio" not in chart(istio=False).values


def test_its_webhook_has_a_certificate_of_cert_manager_where_that_is() -> None:
    *_, unit = Environment(addons=(SeldonCore(istio=False), CertManager())).units(Context())
    assert (unit.name, unit.after) == ("seldon-core", ("cert-manager",))
    assert unit.charts[0].values["certManager"] == {"enabled": True}
    assert "certManager" not in chart().values
    assert known(chart()).defaults["certManager"] == {"enabled": False}


def test_it_tells_nobody_unless_asked_to() -> None:
    assert "usageMetrics" not in chart().values
    assert known(chart()).defaults["usageMetrics"] == {"enabled": False}
    assert chart(usage_metrics=True).values["usageMetrics"] == {"enabled": True}


def test_what_cannot_be_mirrored_is_refused_where_images_are() -> None:
    mirror = Conventions(mirror=Mirror(images="registry.example.com/mirror"))
    context = Context(traits=Traits(load_balancer=True), conventions=mirror)
    addons = (Istio(), SeldonCore(usage_metrics=True))
    with pytest.raises(Invalid, match=r"addons\.seldon_core\.usage_metrics: runs gcr\.io/.* Leave it out where images"):
        list(Environment(addons=addons).units(context))


def test_supported_servers_take_the_place_of_those_that_the_chart_names() -> None:
    defaults, ours = known(chart()).defaults["predictor_servers"], chart().values["predictor_servers"]
    for place, image in SERVERS.items():
        server, _, protocol = place.split(".")
        said = ours[server]["protocols"][protocol]
        assert f"{said['image']}:{said['defaultImageVersion']}" == image
        assert defaults[server]["protocols"][protocol]["image"] in image, "the same server"
        assert defaults[server]["protocols"][protocol]["defaultImageVersion"] not in image, "another version"


def test_every_server_of_the_chart_is_among_its_images() -> None:
    named = {
        f"predictor_servers.{server}.protocols.{protocol}.image"
        for server, each in known(chart()).defaults["predictor_servers"].items()
        for protocol in each["protocols"]
    }
    assert named <= {path for each in chart().images for path in each.paths}


def test_it_is_ready_once_its_webhook_takes_a_deployment() -> None:
    unit = SeldonCore().unit(Context())
    assert unit.accepts is not None
    assert (unit.accepts["kind"], unit.accepts["metadata"]["namespace"]) == ("SeldonDeployment", unit.namespace.name)


def test_its_definition_stays_when_the_operator_goes() -> None:
    assert chart().values["crd"] == {"annotations": {"helm.sh/resource-policy": "keep"}}
    assert known(chart()).defaults["crd"]["create"] is True, "in a template, so that an upgrade brings the new one"


def test_production_and_laptop_differ_in_sizes_alone() -> None:
    laptop = chart(Context(conventions=Conventions(profile="laptop"))).values
    production = chart().values
    sizes = ("manager", "executor", "storageInitializer")
    assert [laptop[each] != production[each] for each in sizes] == [True] * 3
    assert {key: laptop[key] for key in laptop if key not in sizes} == {
        key: production[key] for key in production if key not in sizes
    }
