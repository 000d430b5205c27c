"""Models that lie elsewhere, in S3, on a server that fails, on a claim, and what keeps them from being served.

They live in a namespace that their environment says.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from components.location.fetch.digest import digest
from components.location.fetching import IMAGE
from components.unit import Namespace
from sandbox import certificates, registry
from sandbox.network import inside, ranges
from tests.components.location.fetch.pod import PYTHON
from tests.components.location.fetch.s3 import put, s3_server

from .cluster import Cluster, Object, infer, request
from .machine import ROOT
from .project import Project
from .test_prediction import FLOWERS, IRIS_BY_ITSELF, by_itself

pytestmark = pytest.mark.e2e

IRIS = ROOT / "model_stacks" / "artefacts" / "iris.joblib"
DIGEST = digest(IRIS)
HALF = IRIS.stat().st_size // 2
SPACE = "ai-test"
STORE = f"store.{SPACE}.svc"
"""A Service of the cluster that leads to what these tests run beside the node."""
S3 = f"http://{STORE}.cluster.local:9000"
HTTPS = """
import sys
from pathlib import Path
from tests.components.location.fetch.server import Server, cut, status

certificate, address, model, half = sys.argv[1:]
server = Server(Path(certificate), address, 443)
server.files = {"/iris.joblib": Path(model).read_bytes()}
server.faults = [status(503), cut(int(half))]
server.redirects = {"/moved": "https://169.254.169.254/latest"}
print("up", flush=True)
sys.stdin.readline()
print(*server.read(), flush=True)
"""


class Stores(NamedTuple):
    """What was asked of the HTTPS server."""

    process: "subprocess.Popen[str]"

    def ranges(self) -> list[str]:
        out, _ = self.process.communicate("\n", timeout=30)
        return out.split()


@pytest.fixture(scope="module")
def stores(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """S3 and HTTPS on the node's address, a claim, and the Secret with their keys: `iris.joblib` lies in all three."""
    if not PYTHON.exists():
        pytest.skip("the stores' clients are not installed here. `make test` installs them")
    authority, certificate = certificates.authority("models"), tmp_path_factory.mktemp("store") / "store"
    certificates.issue(authority, "store", hosts=(STORE,)).write(certificate.parent, "store")
    node = str(ranges().node)
    with (certificate.parent / "image.log").open("w") as log:
        registry.load(IMAGE).run(log)
    with ExitStack() as stack:
        shelf = Path(tempfile.mkdtemp(dir="/var/tmp"))
        stack.callback(shutil.rmtree, shelf)
        shelf.chmod(0o755)
        shutil.copy(IRIS, shelf)
        url = stack.enter_context(s3_server(node, 9000, inside()))
        for path, content in (("", b""), ("iris/iris.joblib", IRIS.read_bytes())):
            put(f"{url}/flowers/{path}", content)
        server = (sys.executable, "-c", HTTPS, str(certificate), node, str(IRIS), str(HALF))
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        process = stack.enter_context(subprocess.Popen(inside(*server), cwd=ROOT, **pipes))
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": _beside(node, shelf, authority)})
        cluster.kubectl("apply", "-f", "-", stdin=manifests)
        stack.callback(cluster.kubectl, "delete", "--wait=false", "-f", "-", stdin=manifests)
        stack.callback(process.kill)
        yield Stores(process)


@pytest.fixture(scope="module")
def flower(project: Project, stores: Stores) -> None:
    """A server with the model of each place."""
    project.up(_fetched(), s3_endpoint=S3, namespace=SPACE)


@pytest.mark.usefixtures("flower")
def test_models_from_a_store_a_server_that_fails_and_a_claim_answer_as_their_file_does(cluster: Cluster) -> None:
    expected = by_itself(cluster, "iris", IRIS_BY_ITSELF, "iris.joblib", FLOWERS)
    address, asked = cluster.address("flower", SPACE), request("measurements", *FLOWERS)
    for name in ("iris", "by-https", "on-a-claim"):
        assert infer(address, name, asked)["outputs"][0]["data"] == expected
    pod = _pod(cluster)
    said = json.loads(pod["metadata"]["annotations"]["slipway/models"])
    assert said["iris"] == {"uri": "s3://flowers/iris/iris.joblib", "sha256": DIGEST}
    log = cluster.kubectl("logs", "-n", SPACE, pod["metadata"]["name"], "-c", "fetch")
    assert "by-https: answered 503; asked again in" in log
    assert ".partial" not in cluster.python("flower", "import os; print(os.listdir('/mnt/models'))", namespace=SPACE)
    assert "Deployment models/flower" not in cluster.everything()


@pytest.mark.usefixtures("flower")
@pytest.mark.soak
def test_what_cannot_be_had_never_becomes_ready_and_says_why_while_the_old_serves(
    cluster: Cluster, project: Project, stores: Stores
) -> None:
    before = _pod(cluster)["metadata"]["name"]
    wrong = {
        "iris": {"uri": "s3://flowers/iris/iris.joblib", "sha256": "0" * 64},
        "by-https": {"uri": f"https://{STORE}/gone"},
        "on-a-claim": {"uri": "pvc://shelf/gone.joblib"},
        "moved": {"format": "sklearn", "uri": f"https://{STORE}/moved"},
        "down": {"format": "sklearn", "uri": f"https://{STORE}:8443/iris.joblib"},
    }
    failed = project.tried(_fetched(**wrong), s3_endpoint=S3, namespace=SPACE)
    assert failed.code == 1
    assert f"{SPACE}/flower cannot start" in failed.err
    for words in (
        f"has sha256 {DIGEST[:12]}…, not the stated 000000000000…",
        "answered 404. Mend its uri",
        "nothing is at /mnt/volumes/on-a-claim/gone.joblib",
        "169.254.169.254 is link-local, loopback or metadata",
        "model 'down'",
    ):
        assert words in " ".join(failed.err.split())
    assert [each["metadata"]["name"] for each in _pods(cluster) if _is_ready(each)] == [before]
    assert infer(cluster.address("flower", SPACE), "iris", request("measurements", *FLOWERS))
    assert stores.ranges()[:3] == ["None", "None", f"bytes={HALF}-"]


def _fetched(**changes: dict[str, Any]) -> dict[str, Any]:
    models: dict[str, dict[str, Any]] = {
        "iris": {"artefact": None, "uri": "s3://flowers/iris/iris.joblib", "sha256": DIGEST, "size": "16Mi"},
        "by-https": {"format": "sklearn", "uri": f"https://{STORE}/iris.joblib", "sha256": DIGEST, "size": "16Mi"},
        "on-a-claim": {"format": "sklearn", "uri": "pvc://shelf/iris.joblib", "sha256": DIGEST},
    }
    for name, fields in changes.items():
        models[name] = {**models.get(name, {}), **fields}
    return {"iris": {"name": "flower", "credentials": "store", "models": models}}


def _pods(cluster: Cluster) -> list[Object]:
    here = f"--field-selector=metadata.namespace={SPACE}"
    return cluster.list("pods", "-l", "app.kubernetes.io/name=flower", here)


def _pod(cluster: Cluster) -> Object:
    (found,) = (each for each in _pods(cluster) if _is_ready(each))
    return found


def _is_ready(pod: Object) -> bool:
    """And stays: one that is on its way out answers for some seconds more."""
    if "deletionTimestamp" in pod["metadata"]:
        return False
    return ("Ready", "True") in {(each["type"], each["status"]) for each in pod["status"].get("conditions", ())}


def _beside(node: str, shelf: Path, authority: certificates.Pair) -> list[Object]:
    """Their namespace, the Service and the address that it leads to, the keys, the shelf and its claim."""
    keys = {"AWS_ACCESS_KEY_ID": "1", "AWS_SECRET_ACCESS_KEY": "1", "AWS_REGION": "us-east-1"}
    keys |= {"CA_CERTIFICATES": authority.certificate.decode()}
    here = {"namespace": SPACE}
    ports = [{"name": name, "port": port} for name, port in (("https", 443), ("s3", 9000), ("closed", 8443))]
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    return [
        Namespace(name=SPACE).manifest(),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "store", **here}, "spec": {"ports": ports}},
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "store-1", **here, "labels": {"kubernetes.io/service-name": "store"}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [node]}],
            "ports": ports,
        },
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store", **here}, "stringData": keys},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "shelf"},
            "spec": {
                **claim,
                "capacity": {"storage": "1Gi"},
                "claimRef": {"name": "shelf", **here},
                "hostPath": {"path": str(shelf)},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "shelf", **here},
            "spec": {**claim, "volumeName": "shelf", "resources": {"requests": {"storage": "1Gi"}}},
        },
    ]
