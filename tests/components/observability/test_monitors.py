import re
from pathlib import Path
from typing import Any

import pytest

from components.context import Context
from components.observability.monitors import monitors
from components.unit import KubernetesObject, identity
from tests.samples import by_kind, stack

MONITORS = {identity(each): each for each in monitors("monitoring", "models", of="monitoring")}


def relabelled(endpoint: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    """What Prometheus makes of a target's labels; for `replace`, the only action here."""
    found = dict(labels)
    for each in endpoint["relabelings"]:
        source = ";".join(found.get(name, "") for name in each["sourceLabels"])
        if match := re.fullmatch(each.get("regex", "(.*)"), source):
            value = match.expand(each.get("replacement", "$1").replace("$", "\\"))
            found |= {each["targetLabel"]: value}
    return {name: value for name, value in found.items() if value}


def pod_labels(pod: KubernetesObject, **meta: str) -> dict[str, str]:
    metadata = pod["metadata"]
    kinds = {"label": metadata["labels"], "annotation": metadata.get("annotations", {})}
    return {
        **{
            f"__meta_kubernetes_pod_{kind}_{re.sub('[^a-zA-Z0-9]', '_', name)}": value
            for kind, values in kinds.items()
            for name, value in values.items()
        },
        **{f"__meta_kubernetes_pod_{name}": value for name, value in meta.items()},
        "__metrics_path__": "/metrics",
    }


@pytest.fixture
def pod(tmp_path: Path) -> KubernetesObject:
    """A pod of a model stack, as its Deployment makes it."""
    return dict(by_kind(stack(tmp_path).objects(Context()))["Deployment"]["spec"]["template"])


def test_a_model_server_is_found_by_the_labels_and_the_port_that_it_has(pod: KubernetesObject) -> None:
    spec = MONITORS["podmonitor.monitoring.models"]["spec"]
    endpoint = spec["podMetricsEndpoints"][0]
    assert spec["namespaceSelector"] == {"matchNames": [Context().models.name]}
    assert spec["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert endpoint["port"] in {port["name"] for port in pod["spec"]["containers"][0]["ports"]}


def test_its_series_say_which_stack_and_whose_it_is(pod: KubernetesObject) -> None:
    endpoint = MONITORS["podmonitor.monitoring.models"]["spec"]["podMetricsEndpoints"][0]
    pod["metadata"]["annotations"]["prometheus.io/path"] = "/monitoring/metrics"
    found = relabelled(endpoint, pod_labels(pod))
    assert (found["stack"], found["owner"]) == ("iris", "science")
    assert found["__metrics_path__"] == "/monitoring/metrics"
    assert "graph" not in found


def test_a_pod_that_says_no_path_is_asked_at_metrics(pod: KubernetesObject) -> None:
    endpoint = MONITORS["podmonitor.monitoring.models"]["spec"]["podMetricsEndpoints"][0]
    pod["metadata"]["annotations"] = {}
    assert relabelled(endpoint, pod_labels(pod))["__metrics_path__"] == "/metrics"


def test_a_server_with_its_metrics_at_the_port_that_is_called_is_asked_there_and_no_other() -> None:
    _, shared = MONITORS["podmonitor.monitoring.models"]["spec"]["podMetricsEndpoints"]
    (kept,) = (each for each in shared["relabelings"] if each.get("action") == "keepequal")
    assert (shared["port"], kept["sourceLabels"], kept["targetLabel"]) == (
        "http",
        ["__meta_kubernetes_pod_annotation_prometheus_io_port"],
        "__meta_kubernetes_pod_container_port_number",
    )


@pytest.mark.parametrize(("container", "graph"), [("seldon-container-engine", None), ("classifier", "iris")])
def test_in_a_graph_the_servers_are_told_from_the_executor(container: str, graph: str | None) -> None:
    (endpoint,) = MONITORS["podmonitor.monitoring.graphs"]["spec"]["podMetricsEndpoints"]
    annotations = {"prometheus.io/path": "/prometheus"}
    pod = {"metadata": {"labels": {"seldon-deployment-id": "iris"}, "annotations": annotations}}
    found = relabelled(endpoint, pod_labels(pod, container_name=container))
    assert (found["stack"], found.get("graph"), found["__metrics_path__"]) == ("iris", graph, "/prometheus")


@pytest.mark.parametrize(
    ("name", "port", "namespaces"),
    [("proxies", "http-envoy-prom", {"any": True}), ("tunnels", "ztunnel-stats", {"matchNames": ["istio-system"]})],
)
def test_what_carries_the_mesh_is_asked_where_it_is(name: str, port: str, namespaces: dict[str, Any]) -> None:
    spec = MONITORS[f"podmonitor.monitoring.{name}"]["spec"]
    assert spec["namespaceSelector"] == namespaces
    assert spec["podMetricsEndpoints"] == [{"port": port, "path": "/stats/prometheus"}]


def test_istiod_and_cert_manager_are_asked_where_their_charts_put_them() -> None:
    mesh, certificates = (
        MONITORS[f"{kind}.monitoring.{name}"]["spec"]
        for kind, name in (("servicemonitor", "istiod"), ("podmonitor", "certificates"))
    )
    assert (mesh["namespaceSelector"], mesh["endpoints"]) == (
        {"matchNames": ["istio-system"]},
        [{"port": "http-monitoring"}],
    )
    assert certificates["namespaceSelector"] == {"matchNames": ["cert-manager"]}
    assert certificates["podMetricsEndpoints"] == [{"port": "http-metrics"}]
