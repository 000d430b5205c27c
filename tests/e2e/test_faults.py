"""Whatever goes wrong: the error names object and cause, the next run makes it good, and nobody loses an answer."""

import base64
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

import sandbox
from components.errors import SlipwayError
from infra.inventory import identity, noted
from infra.kubectl import Kubectl
from sandbox import paths
from sandbox.daemons import processes

from .cluster import Cluster, Object
from .load import Trickle
from .machine import Done, slipway, well
from .project import NAME, Project
from .proxy import FAULTS, Proxy
from .test_changes import FLOWER, ONE
from .test_repetition import made

pytestmark = pytest.mark.e2e

BUDGET = {"iris": {**FLOWER, "replicas": 2}}
"""A second pod, and a budget for disruptions."""
HOOK: Object = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingWebhookConfiguration",
    "metadata": {"name": "wedge"},
    "webhooks": [
        {
            "name": "wedge.example.com",
            "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["services"]}],
            "objectSelector": {"matchLabels": {"app.kubernetes.io/name": "flower"}},
            "failurePolicy": "Fail",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
    ],
}
"""Nobody answers it; it is asked about one stack's Service only."""
DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "wedges.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Wedge", "plural": "wedges", "singular": "wedge"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}
WEDGE: Object = {"apiVersion": "example.com/v1", "kind": "Wedge", "metadata": {"name": "a", "namespace": "models"}}


@pytest.fixture(scope="module")
def probes(cluster: Cluster, project: Project) -> Iterator[list[Trickle]]:
    """Somebody who asks both models all along."""
    project.up(BUDGET)
    with Trickle(cluster.address("flower")) as flower, Trickle(cluster.address("iris")) as iris:
        yield [flower, iris]


@pytest.fixture(autouse=True)
def _served_all_along(probes: list[Trickle]) -> Iterator[None]:
    asked = [len(probe.answers) for probe in probes]
    yield
    assert [probe.lost for probe in probes] == [[], []]
    assert all(len(probe.answers) > before for probe, before in zip(probes, asked, strict=True))


def test_killed_at_random_and_then_by_way_of_a_server_that_is_busy(cluster: Cluster, project: Project) -> None:
    _killed(project, times=3)
    _up_while_busy(cluster, project, slow=0.3)


@pytest.mark.soak
def test_killed_at_random_twenty_times(cluster: Cluster, project: Project) -> None:
    _killed(project, times=20)
    _converges(cluster, project, BUDGET)


@pytest.mark.soak
def test_an_api_server_that_is_slow_by_five_seconds(cluster: Cluster, project: Project) -> None:
    _up_while_busy(cluster, project, slow=5)


@pytest.mark.soak
def test_an_api_server_that_is_away_for_some_seconds(cluster: Cluster, project: Project) -> None:
    with Proxy() as proxy, project.by_way_of(proxy):
        done = _gone_meanwhile(project, proxy, lambda: time.sleep(4))
    assert done.code == 0, done.all
    _is_as_wanted(cluster, project, BUDGET)


def test_an_api_server_that_is_away_before(project: Project) -> None:
    with Proxy() as proxy:
        proxy.away()
        with project.by_way_of(proxy):
            failed = project.tried(BUDGET)
    _is_told(failed, "Cluster: cluster at http://127.0.0.1:", "Connection refused", "mend its kubeconfig")


@pytest.mark.soak
def test_an_api_server_that_goes_away_for_good(cluster: Cluster, project: Project) -> None:
    with Proxy() as proxy, project.by_way_of(proxy):
        failed = _gone_meanwhile(project, proxy, lambda: time.sleep(60))
    _is_told(failed, "127.0.0.1:", "refused")
    _converges(cluster, project, BUDGET)


def test_a_webhook_that_does_not_answer_yet(cluster: Cluster, project: Project) -> None:
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(HOOK))
    mended = threading.Timer(3, cluster.kubectl, ("delete", "validatingwebhookconfiguration", "wedge"))
    mended.start()
    project.up(BUDGET)
    mended.join()
    _is_as_wanted(cluster, project, BUDGET)


@pytest.mark.soak
def test_a_webhook_that_never_answers(cluster: Cluster, project: Project) -> None:
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(HOOK))
    failed = project.tried(BUDGET)
    cluster.kubectl("delete", "validatingwebhookconfiguration", "wedge")
    _is_told(failed, "kubectl apply Service models/flower", "wedge.example.com", "connection refused")
    _converges(cluster, project, BUDGET)


def test_a_definition_that_comes_late(cluster: Cluster) -> None:
    kubectl, log = Kubectl(sandbox.kubectl(), sandbox.kubeconfig()), StringIO()
    late = threading.Timer(2, cluster.kubectl, ("apply", "-f", "-"), {"stdin": json.dumps(DEFINITION)})
    late.start()
    try:
        kubectl.apply([WEDGE], log)
    finally:
        late.join()
        cluster.kubectl("delete", "--ignore-not-found", "customresourcedefinition", "wedges.example.com")
    assert "wedge.example.com/a serverside-applied" in log.getvalue()


@pytest.mark.soak
def test_a_definition_that_is_missing(cluster: Cluster) -> None:
    with pytest.raises(SlipwayError, match=r"(?s)kubectl apply Wedge models/a: .*(no matches|could not find)"):
        Kubectl(sandbox.kubectl(), sandbox.kubeconfig()).apply([WEDGE], StringIO())


def test_what_somebody_changed_by_hand_is_made_good(cluster: Cluster, project: Project) -> None:
    before = made(cluster, NAME)
    cluster.kubectl("delete", "networkpolicy", "flower", "-n", "models")
    cluster.kubectl("patch", "serviceaccount", "flower", "-n", "models", "-p", '{"automountServiceAccountToken": true}')
    project.up(BUDGET)
    assert _specs(made(cluster, NAME)) == _specs(before)


def test_a_damaged_note_is_named_and_what_it_says_to_do_helps(cluster: Cluster, project: Project) -> None:
    cut = base64.b64encode(base64.b64decode(_note(cluster))[:30]).decode()
    patch = json.dumps({"binaryData": {"objects.gz": cut}})
    cluster.kubectl("patch", "configmap", f"slipway-{NAME}", "-n", "default", "-p", patch)
    _is_told(
        project.tried(BUDGET), f"ConfigMap default/slipway-{NAME}: its list of what was made is damaged. Delete it"
    )
    cluster.kubectl("delete", "configmap", f"slipway-{NAME}", "-n", "default")
    _converges(cluster, project, BUDGET)


def test_a_full_disk(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(tmp_path / ".local")), check=True)
    try:
        with project.elsewhere(BUDGET, tmp_path) as process:
            out, err = process.communicate()
        full = Done(process.returncode, out, err)
        rendered = slipway("render", "--env", "sandbox", "--out", str(tmp_path / ".local" / "out"))
    finally:
        subprocess.run(("umount", str(tmp_path / ".local")), check=True)
    _is_told(full, "No space left on device")
    _is_told(rendered, str(tmp_path / ".local" / "out"), "No space left on device. Make room for it")
    _is_as_wanted(cluster, project, BUDGET)


def test_a_kubelet_that_was_killed_is_started_again(cluster: Cluster) -> None:
    place = str(paths.sandbox())
    (kubelet,) = (pid for pid, command in processes() if "/kubelet" in command[0] and place in " ".join(command))
    os.kill(kubelet, signal.SIGKILL)
    before = made(cluster, "sandbox")
    well("up", "--env", "sandbox")
    assert made(cluster, "sandbox") == before
    assert [each["status"]["conditions"][-1]["status"] for each in cluster.list("nodes")] == ["True"]


@pytest.mark.soak
def test_a_quota_that_is_used_up(cluster: Cluster, project: Project) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few", "namespace": "models"}}
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps({**quota, "spec": {"hard": {"pods": "0"}}}))
    began = time.monotonic()
    failed = project.tried({"iris": {**FLOWER, "replicas": 3}})
    cluster.kubectl("delete", "resourcequota", "few", "-n", "models")
    _is_told(failed, "models/flower cannot start", "FailedCreate", "exceeded quota: few")
    assert time.monotonic() - began < 60
    _converges(cluster, project, BUDGET)


@pytest.mark.soak
def test_a_drained_node(cluster: Cluster, project: Project) -> None:
    (node,) = (each["metadata"]["name"] for each in cluster.list("nodes"))
    only = ("--pod-selector=app.kubernetes.io/name=flower", "--disable-eviction=false", "--timeout=15s")
    drained = cluster.tried("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", *only)
    cluster.kubectl("uncordon", node)
    assert "violate the pod's disruption budget" in drained.stderr
    _converges(cluster, project, BUDGET)


@pytest.mark.soak
def test_two_machines_at_once(cluster: Cluster, project: Project, tmp_path: Path) -> None:
    with project.elsewhere(BUDGET, tmp_path / "a") as one, project.elsewhere(ONE, tmp_path / "b") as other:
        ended = [Done(each.wait(), *each.communicate()) for each in (one, other)]
    assert {each.code for each in ended} <= {0, 1}
    for each in ended:
        assert each.code == 0 or "is being changed from another machine as well" in each.err, each.all
    _converges(cluster, project, ONE)


def _killed(project: Project, times: int) -> None:
    """Runs that change something each time, and that SIGKILL hits anywhere."""
    chance = random.Random(7)
    codes = [project.interrupted((BUDGET, ONE)[turn % 2], chance.uniform(0.6, 2)) for turn in range(times)]
    assert -signal.SIGKILL in codes


def _up_while_busy(cluster: Cluster, project: Project, slow: float) -> None:
    """Three of ten answers are 429, 503 or late."""
    with Proxy(rate=0.3, slow=slow) as proxy, project.by_way_of(proxy):
        project.up(BUDGET)
    assert min(proxy.answers[fault] for fault in FAULTS) > 0, proxy.answers
    _is_as_wanted(cluster, project, BUDGET)


def _gone_meanwhile(project: Project, proxy: Proxy, sleep: Callable[[], None]) -> Done:
    """A run whose API server goes away in the middle, for as long as `sleep` takes."""
    with ThreadPoolExecutor() as pool:
        running = pool.submit(project.tried, BUDGET)
        _wait(lambda: proxy.answers["well"] > 8)
        proxy.away()
        sleep()
        proxy.back()
        return running.result()


def _converges(cluster: Cluster, project: Project, models: dict[str, Any]) -> None:
    """One run makes everything good."""
    project.up(models)
    _is_as_wanted(cluster, project, models)


def _is_as_wanted(cluster: Cluster, project: Project, models: dict[str, Any]) -> None:
    """Another run would change nothing: no object, nor the note of them."""
    wanted = project.objects(models)
    cluster.kubectl("diff", "--server-side", "--force-conflicts", "--field-manager=slipway", "-f", "-", stdin=wanted)
    found = noted(cluster.get("configmap", f"slipway-{NAME}", "default"))
    assert set(found) == {identity(each) for each in yaml.safe_load_all(wanted)}


def _is_told(failed: Done, *words: str) -> None:
    assert failed.code == 1, failed.all
    assert "Traceback" not in failed.all
    for word in words:
        assert word in failed.err, failed.err


def _note(cluster: Cluster) -> str:
    return str(cluster.get("configmap", f"slipway-{NAME}", "default")["binaryData"]["objects.gz"])


def _specs(objects: dict[str, Object]) -> dict[str, Object]:
    return {name: {key: each[key] for key in each.keys() - {"metadata"}} for name, each in objects.items()}


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.01)
