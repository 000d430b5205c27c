"""Every custom resource against the schema of its own definition."""

from copy import deepcopy

import jsonschema
import pytest

from components.unit import KubernetesObject, is_custom

from .definitions import Schemas, judge


@pytest.fixture
def custom(objects: list[KubernetesObject], schemas: Schemas) -> list[KubernetesObject]:
    return [manifest for manifest in objects if (manifest["apiVersion"], manifest["kind"]) in schemas]


def test_every_custom_resource_is_one_that_its_definition_takes(
    custom: list[KubernetesObject], schemas: Schemas
) -> None:
    for manifest in custom:
        judge(manifest, schemas)


def test_no_custom_resource_goes_unjudged(objects: list[KubernetesObject], custom: list[KubernetesObject]) -> None:
    foreign = [each for each in objects if is_custom(each)]
    assert [each for each in foreign if each not in custom] == []
    kinds = {"Application", "Gateway", "IPAddressPool", "L2Advertisement", "PeerAuthentication", "SeldonDeployment"}
    kinds |= {"AuthorizationPolicy", "GRPCRoute", "HTTPRoute", "RequestAuthentication", "ScaledObject"}
    assert kinds <= {each["kind"] for each in custom}


@pytest.mark.parametrize(("key", "value"), [("sourec", {}), ("project", 5), ("source", {"repoUrl": "x"})])
def test_the_definition_refuses_an_unknown_field_and_a_wrong_type(
    custom: list[KubernetesObject], schemas: Schemas, key: str, value: object
) -> None:
    application = deepcopy(next(each for each in custom if each["kind"] == "Application"))
    application["spec"][key] = value
    with pytest.raises(jsonschema.ValidationError):
        judge(application, schemas)
