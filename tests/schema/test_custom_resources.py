"""Every custom resource against the schema of its own definition."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components.unit import KubernetesObject, is_custom

Schemas = dict[tuple[str, str], dict[str, Any]]


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema as the API server applies it with strict validation: what it does not name is refused."""
    inner = {
        key: {name: closed(each) for name, each in value.items()} if key == "properties" else value
        for key, value in schema.items()
    }
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            inner[key] = closed(schema[key])
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    return inner if open_ended or "properties" not in schema else {**inner, "additionalProperties": False}


@pytest.fixture(scope="session")
def schemas(shared: Path, objects: list[KubernetesObject]) -> Schemas:
    """API version and kind to schema, of the kinds that are emitted."""
    needed = [f"kind: {kind}\n" for kind in sorted({manifest["kind"] for manifest in objects})]
    texts = (path.read_text() for path in sorted((shared / "crds").glob("*.yaml")))
    found: Schemas = {}
    for text in (text for text in texts if any(each in text for each in needed)):
        for definition in yaml.load_all(text, yaml.CSafeLoader):
            spec = definition["spec"]
            for version in spec["versions"]:
                api = f"{spec['group']}/{version['name']}"
                found[api, spec["names"]["kind"]] = closed(version["schema"]["openAPIV3Schema"])
    return found


@pytest.fixture
def custom(objects: list[KubernetesObject], schemas: Schemas) -> list[KubernetesObject]:
    return [manifest for manifest in objects if (manifest["apiVersion"], manifest["kind"]) in schemas]


def judge(manifest: KubernetesObject, schemas: Schemas) -> None:
    schema = deepcopy(schemas[manifest["apiVersion"], manifest["kind"]])
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {"type": "object"}}
    jsonschema.Draft7Validator(schema).validate(manifest)


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
