"""The stacks of this repository: each can be asked, and those of the articles are what the articles ask for."""

from typing import Any

import onnx
import pytest

from components import catalog
from components.context import Context
from components.model_stack import ModelStack
from components.unit import KubernetesObject
from model_stacks.iris_onnx import IRIS
from training.iris_onnx import ARTEFACT

STACKS = {name: catalog.instance("model_stacks", name, ModelStack) for name in catalog.names("model_stacks")}


def objects(name: str, kind: str) -> list[KubernetesObject]:
    return [each for each in STACKS[name].objects(Context()) if each["kind"] == kind]


def server(name: str) -> dict[str, Any]:
    (deployment,) = objects(name, "Deployment")
    return dict(deployment["spec"]["template"]["spec"]["containers"][0])


@pytest.mark.parametrize("name", STACKS)
def test_every_model_has_a_sample(name: str) -> None:
    endpoints = STACKS[name].endpoints(Context())
    assert endpoints
    assert all(each.sample for each in endpoints)


def test_no_two_models_are_called_alike() -> None:
    called = [each.model for stack in STACKS.values() for each in stack.endpoints(Context())]
    assert len(called) == len(set(called))


def test_mnist_has_the_replicas_the_volume_and_the_door_of_its_article() -> None:
    (deployment,) = objects("mnist", "Deployment")
    assert deployment["spec"]["replicas"] == 3
    (volume,), (claim,) = objects("mnist", "PersistentVolume"), objects("mnist", "PersistentVolumeClaim")
    assert volume["spec"]["nfs"]["server"] == "nfs-server.example.com"
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    (door,) = (each for each in objects("mnist", "Service") if each["spec"].get("type") == "LoadBalancer")
    assert [port["port"] for port in door["spec"]["ports"]] == [80]


def test_the_ai_service_has_the_config_file_the_resources_and_the_address_of_its_article() -> None:
    assert "--model_config_file=/mnt/models/models.config" in server("ai_service")["args"]
    assert server("ai_service")["resources"]["requests"]["cpu"] == "500m"
    assert server("ai_service")["resources"]["limits"] == {"cpu": "1", "memory": "2Gi"}
    (ingress,) = objects("ai_service", "Ingress")
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "ai-demo.example.com"
    assert rule["http"]["paths"][0]["path"].startswith("/ai-service")


def test_iris_as_onnx_says_of_its_tensors_what_its_file_says() -> None:

    graph = onnx.load(ARTEFACT).graph
    for said, found in ((IRIS.inputs, graph.input), (IRIS.outputs, graph.output)):
        shapes = {each.name: tuple(d.dim_value for d in each.type.tensor_type.shape.dim[1:]) for each in found}
        assert {name: tensor.shape for name, tensor in said.items()} == shapes
