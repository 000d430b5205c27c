"""What the cluster says of a served model: who may do what in its namespace, how it is probed, how it scales."""

import json
import re
import time
from typing import Any

import pytest

from .cluster import Cluster, Object

pytestmark = pytest.mark.e2e

STACKS = ("iris", "wine")
PRIVILEGED: Object = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "intruder", "namespace": "models"},
    "spec": {"containers": [{"name": "a", "image": "registry.k8s.io/pause:3.10", "securityContext": {}}]},
}
METRICS_SECONDS = 90
"""metrics-server asks the kubelet every 15 s, and the autoscaler asks metrics-server every 15 s."""


@pytest.mark.parametrize("extra", [{"privileged": True}, {"runAsUser": 0}, {}])
def test_the_namespace_refuses_a_pod_that_is_not_restricted(cluster: Cluster, extra: dict[str, Any]) -> None:
    pod = json.loads(json.dumps(PRIVILEGED))
    pod["spec"]["containers"][0]["securityContext"] = extra
    done = cluster.tried("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))
    assert done.returncode
    assert 'violates PodSecurity "restricted' in done.stderr


@pytest.mark.parametrize("stack", STACKS)
def test_the_server_is_nobody_and_writes_nothing_but_scratch(cluster: Cluster, stack: str) -> None:
    program = """
import os
def writes(folder):
    try:
        open(os.path.join(folder, "written"), "w").close()
        return True
    except OSError:
        return False
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(os.getuid(), [folder for folder in ("/", "/opt/mlserver", "/mnt/models", "/usr/local", "/tmp") if writes(folder)])
print(status["NoNewPrivs"].strip(), int(status["CapEff"], 16), int(status["CapBnd"], 16), status["Seccomp"].strip())
print(os.path.exists("/var/run/secrets/kubernetes.io"))
"""
    assert cluster.python(stack, program).splitlines() == ["1000 ['/tmp']", "1 0 0 2", "False"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_probe_asks_for_the_loaded_model_and_is_answered(cluster: Cluster, stack: str) -> None:
    container = cluster.get("deployment", stack)["spec"]["template"]["spec"]["containers"][0]
    assert container["startupProbe"]["httpGet"]["path"] == f"/v2/models/{stack}/ready"
    assert container["readinessProbe"]["httpGet"]["path"] == f"/v2/models/{stack}/ready"
    ask = "import sys, urllib.request as u\nprint(u.urlopen('http://localhost:8080' + sys.stdin.read()).status)"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert cluster.python(stack, ask, stdin=container[probe]["httpGet"]["path"]) == "200\n"
    with pytest.raises(AssertionError, match="HTTP Error 404"):
        cluster.python(stack, ask, stdin="/v2/models/another/ready")


def test_the_autoscaler_sees_real_use_of_cpu(cluster: Cluster) -> None:
    def measured() -> int | None:
        metrics = cluster.get("hpa", "iris")["status"].get("currentMetrics") or [{}]
        found: int | None = metrics[0].get("resource", {}).get("current", {}).get("averageUtilization")
        return found

    assert _until(measured) is not None
    able = {each["type"]: each["status"] for each in cluster.get("hpa", "iris")["status"]["conditions"]}
    assert able["ScalingActive"] == "True"


def test_kubectl_top_shows_each_server(cluster: Cluster) -> None:
    def shown() -> set[str] | None:
        done = cluster.tried("top", "pods", "-n", "models", "--no-headers")
        found = {line.rsplit("-", 2)[0] for line in done.stdout.splitlines() if re.search(r"\d+m +[1-9]\d*Mi", line)}
        return found if set(STACKS) <= found else None

    assert _until(shown)


def test_a_drained_node_takes_one_replica_at_a_time_where_there_may_be_several(cluster: Cluster) -> None:
    budgets = {each["metadata"]["name"]: each for each in cluster.list("poddisruptionbudgets")}
    assert budgets["iris"]["spec"]["maxUnavailable"] == 1
    assert budgets["iris"]["status"]["expectedPods"] >= 1
    assert "wine" not in budgets


def _until(ask: Any) -> Any:
    """The first answer that is not None, or None when time is up."""
    deadline = time.monotonic() + METRICS_SECONDS
    while (found := ask()) is None and time.monotonic() < deadline:
        time.sleep(2)
    return found
