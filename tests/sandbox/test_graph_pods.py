"""What an operator would add to the nodes of a graph."""

import json
from typing import Any

from sandbox import graph_pods

NUMBER = {"name": "n_branches", "value": "2", "type": "INT"}


def node(name: str) -> dict[str, Any]:
    return {"name": name, "env": [{"name": "HOME", "value": "/tmp"}], "resources": {"limits": {"cpu": "1"}}}


def test_each_predictor_becomes_a_pod_whose_nodes_listen_side_by_side() -> None:
    spec = {"serviceAccountName": "graph", "containers": [node("router"), node("left")]}
    predictor = {"name": "main", "labels": {"a": "b"}, "componentSpecs": [{"spec": spec}]}
    metadata = {"name": "graph", "namespace": "bench"}
    account = {"kind": "ServiceAccount", "metadata": metadata}
    deployment = {"kind": "SeldonDeployment", "metadata": metadata, "spec": {"predictors": [predictor]}}
    policy = {"kind": "NetworkPolicy", "metadata": metadata}
    kept, pod = graph_pods.made_of([account, policy, deployment], {"router": [NUMBER], "left": []})
    assert kept == account
    assert pod["metadata"] == {"name": "graph-main", "namespace": "bench", "labels": {"a": "b"}}
    assert pod["spec"]["serviceAccountName"] == "graph"
    router, left = ({each["name"]: each["value"] for each in one["env"]} for one in pod["spec"]["containers"])
    assert json.loads(router["PREDICTIVE_UNIT_PARAMETERS"]) == [NUMBER]
    assert (router["HOME"], left["PREDICTIVE_UNIT_ID"]) == ("/tmp", "left")
    running = {**pod, "status": {"podIP": "10.0.0.7"}}
    assert graph_pods.places(running) == {"router": ("10.0.0.7", 9000), "left": ("10.0.0.7", 9001)}
