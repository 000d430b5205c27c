"""The pods of a SeldonDeployment where no operator makes them: its nodes as they are, without the executor."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

FIRST_PORT, FIRST_METRICS = 9000, 6000
"""Of the first container; the next one has the next numbers, as the operator counts."""

Object = dict[str, Any]


def made_of(objects: Sequence[Object], parameters: Mapping[str, Sequence[Object]]) -> list[Object]:
    """The accounts and ConfigMaps of `objects`, and a pod for each predictor of the SeldonDeployment among them.

    `parameters`: what each node is told, by its name.
    """
    (deployment,) = (each for each in objects if each["kind"] == "SeldonDeployment")
    pods = [_pod(deployment["metadata"], each, parameters) for each in deployment["spec"]["predictors"]]
    return [*(each for each in objects if each["kind"] in ("ConfigMap", "ServiceAccount")), *pods]


def places(pod: Object) -> dict[str, tuple[str, int]]:
    """Each node's address and port, by its name; `pod` as the cluster has it."""
    address = pod["status"]["podIP"]
    return {each["name"]: (address, each["ports"][0]["containerPort"]) for each in pod["spec"]["containers"]}


def _pod(owner: Object, predictor: Object, parameters: Mapping[str, Sequence[Object]]) -> Object:
    spec = predictor["componentSpecs"][0]["spec"]
    containers = [_container(number, each, parameters[each["name"]]) for number, each in enumerate(spec["containers"])]
    name = f"{owner['name']}-{predictor['name']}"
    metadata = {"name": name, "namespace": owner["namespace"], "labels": predictor["labels"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**spec, "containers": containers}}


def _container(number: int, given: Object, parameters: Sequence[Object]) -> Object:
    """With the port and the variables that the operator adds; it asks for little, as the machine has little."""
    env = {
        "PREDICTIVE_UNIT_HTTP_SERVICE_PORT": str(FIRST_PORT + number),
        "PREDICTIVE_UNIT_METRICS_SERVICE_PORT": str(FIRST_METRICS + number),
        "PREDICTIVE_UNIT_ID": given["name"],
        "PREDICTIVE_UNIT_PARAMETERS": json.dumps(list(parameters)),
    }
    return {
        **given,
        "env": [*given["env"], *({"name": name, "value": value} for name, value in env.items())],
        "ports": [{"name": "http", "containerPort": FIRST_PORT + number}],
        "resources": {**given["resources"], "requests": {"cpu": "5m", "memory": "64Mi"}},
    }
