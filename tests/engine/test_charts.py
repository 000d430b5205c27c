"""A chart by the real engine: what follows waits for it, what is generated stays, and all of it goes again."""

import base64
import io
import tarfile
from pathlib import Path

import pytest

import sandbox
from tests.e2e.cluster import Cluster

from .engine import Stack, program

pytestmark = pytest.mark.engine

PROGRAM = """
from components.clusters.existing import Existing
from components.installation import Installation
from components.unit import Chart, GeneratedSecret, Namespace, Unit

pool = {{
    "apiVersion": "example.com/v1",
    "kind": "Pool",
    "metadata": {{"name": "addresses", "namespace": "pools"}},
    "spec": {{"size": 7}},
}}
chart = Chart(name="pools", repository={folder!r}, version="1.2.3", release="pools", values={{"colour": "blue"}})
unit = Unit(
    name="pools",
    namespace=Namespace(name="pools"),
    charts=(chart,),
    objects=(pool,),
    accepts=pool,
    secrets=(GeneratedSecret(name="keys", keys={{"cookie": 64}}),),
)
Installation(unit, cluster=Existing("lab", Existing.Spec(kubeconfig={kubeconfig!r})))
"""
CHART = """
apiVersion: v2
name: pools
version: 1.2.3
"""
DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Pool, plural: pools, singular: pool}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}
"""
SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: "{{ .Values.colour }}"}
"""
FILES = {"Chart.yaml": CHART, "templates/definition.yaml": DEFINITION, "templates/settings.yaml": SETTINGS}


@pytest.fixture
def stack(cluster: Cluster, tmp_path: Path) -> Stack:
    with tarfile.open(tmp_path / "pools-1.2.3.tgz", "w:gz") as archive:
        for name, text in FILES.items():
            entry = tarfile.TarInfo(f"pools/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return program(tmp_path, PROGRAM.format(folder=str(tmp_path), kubeconfig=str(sandbox.kubeconfig())))


def test_a_chart_is_waited_for_and_what_is_generated_stays(cluster: Cluster, stack: Stack) -> None:
    before = cluster.everything().keys()
    _up(stack)
    assert cluster.get("configmap", "settings", "pools")["data"] == {"colour": "blue"}
    assert cluster.get("pool", "addresses", "pools")["spec"] == {"size": 7}
    cookie = _cookie(cluster)
    assert len(cookie) == 64
    assert int(cookie, 16)
    _up(stack)
    assert stack.pulumi("preview", "--expect-no-changes", "--stack", stack.name).returncode == 0
    assert _cookie(cluster) == cookie
    assert cookie not in stack.state(history=True)
    done = stack.pulumi("destroy", "--yes", "--skip-preview", "--suppress-progress", "--stack", stack.name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert cluster.everything().keys() == before


def _up(stack: Stack) -> str:
    done = stack.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", "--stack", stack.name)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _cookie(cluster: Cluster) -> str:
    return base64.b64decode(cluster.get("secret", "keys", "pools")["data"]["cookie"]).decode()
