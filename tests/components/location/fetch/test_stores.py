"""Each store by its own client, against a server that speaks as it does."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from components.location.artefact import Artefact
from components.location.fetch.remote import BLOCK

from .pod import Pod, model
from .s3 import put, s3_server
from .server import Server, cut, status

OBJECTS = {
    "models/churn/MLmodel": b"flavors: {}\n",
    "models/churn/code/model.pkl": b"\x80\x04" * 4_500_000,
    "models/churn/code/empty": b"",
    "models/churn-old/MLmodel": b"another",
    "models/iris.joblib": b"weights",
}
CHURN = {key.removeprefix("models/"): value for key, value in OBJECTS.items() if key.startswith("models/churn/")}
S3_KEYS = {"AWS_ACCESS_KEY_ID": "1", "AWS_SECRET_ACCESS_KEY": "1", "AWS_REGION": "us-east-1"}


@pytest.fixture
def digest(tmp_path: Path) -> str:
    """What `slipway` would say of the folder churn if it lay here."""
    for name, content in CHURN.items():
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Artefact(path=tmp_path / "here" / "churn").digest()


def is_churn(pod: Pod) -> bool:
    folder = pod.folder / "churn"
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()} == CHURN


@pytest.fixture(scope="module")
def s3_port(clients: None) -> Iterator[int]:
    """Of a stand-in for S3 that has the objects in a bucket `store`."""
    with s3_server() as url:
        for path in ("", *OBJECTS, "models/churn/"):
            put(f"{url}/store/{path}", OBJECTS.get(path, b""))
        yield int(url.rpartition(":")[2])


def test_s3(pod: Pod, s3_port: int, digest: str) -> None:
    pod.ports.append(s3_port)
    env = {**S3_KEYS, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{s3_port}"}
    churn = model("s3://store/models/churn", sha256=digest)
    iris = model("s3://store/models/iris.joblib", sha256=hashlib.sha256(b"weights").hexdigest())
    pod.env = env
    done = pod.fetch(churn=churn, iris=iris)
    assert done.code == 0, done.out
    assert is_churn(pod)
    assert (pod.folder / "iris" / "iris.joblib").read_bytes() == b"weights"
    pod.env = env
    done = pod.fetch(gone="s3://store/models/gone", nowhere="s3://nowhere/models", wrong=churn)
    assert done.code == 1
    assert "model 'gone' (s3://store/models/gone): answered 404. Mend its uri" in done.reason
    assert "model 'nowhere' (s3://nowhere/models): answered 404. Mend its uri" in done.reason


def test_s3_without_keys_says_so_and_asks_no_metadata_service(pod: Pod) -> None:
    pod.env = {"AWS_REGION": "us-east-1"}
    done = pod.fetch(iris="s3://store/models/iris.joblib")
    assert done.code == 1
    assert "Unable to locate credentials" in done.reason


def google(path: str) -> bytes | None:
    """Google's JSON API."""
    parts = urlsplit(path)
    if parts.path != "/storage/v1/b/store/o":
        return None
    (prefix,) = parse_qs(parts.query)["prefix"]
    found = [{"name": key, "size": str(len(OBJECTS[key])), "generation": "1"} for key in OBJECTS]
    return json.dumps({"items": [each for each in found if each["name"].startswith(prefix)]}).encode()


def on_google(server: Server) -> tuple[str, dict[str, str]]:
    server.api = google
    for key, content in OBJECTS.items():
        quoted = key.replace("/", "%2F")
        server.files[f"/download/storage/v1/b/store/o/{quoted}"] = content
        said = {"name": key, "size": str(len(content)), "generation": "1"}
        server.files[f"/storage/v1/b/store/o/{quoted}"] = json.dumps(said).encode()
    return "gs://store", {"STORAGE_EMULATOR_HOST": f"https://{server.host}"}


def amazon(path: str) -> bytes | None:
    """Amazon's list of objects."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    if "list-type" not in query:
        return None
    found = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><ETag>1</ETag></Contents>"
        for key, content in OBJECTS.items()
        if key.startswith(query["prefix"][0])
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()


def on_amazon(server: Server) -> tuple[str, dict[str, str]]:
    server.api = amazon
    server.files = {f"/store/{key}": content for key, content in OBJECTS.items()}
    return "s3://store", {**S3_KEYS, "AWS_ENDPOINT_URL_S3": f"https://{server.host}"}


def azure(path: str) -> bytes | None:
    """Azure's list of blobs."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    if query.get("comp") != ["list"]:
        return None
    found = "".join(
        f"<Blob><Name>{escape(key)}</Name><Properties><Content-Length>{len(content)}</Content-Length>"
        "<Etag>1</Etag><BlobType>BlockBlob</BlobType></Properties></Blob>"
        for key, content in OBJECTS.items()
        if key.startswith(query["prefix"][0])
    )
    return f"<EnumerationResults><Blobs>{found}</Blobs><NextMarker /></EnumerationResults>".encode()


def on_azure(server: Server) -> tuple[str, dict[str, str]]:
    server.api = azure
    server.files = {f"/store/{key}": content for key, content in OBJECTS.items()}
    server.headers = {
        "Content-Type": "application/xml",
        "x-ms-blob-type": "BlockBlob",
        "Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT",
    }
    key = base64.b64encode(b"key").decode()
    env = {"AZURE_STORAGE_SERVICE_ENDPOINT": f"https://{server.host}", "AZURE_STORAGE_KEY": key}
    return "az://account/store", env


def on_hugging_face(server: Server) -> tuple[str, dict[str, str]]:
    siblings = [{"rfilename": key, "size": len(content), "blobId": key} for key, content in OBJECTS.items()]
    said = {"id": "org/model", "sha": "c0ffee", "siblings": siblings}
    server.files = {f"/org/model/resolve/c0ffee/{key}": content for key, content in OBJECTS.items()}
    server.files["/api/models/org/model/revision/v1"] = json.dumps(said).encode()
    return "hf://org/model@v1", {"HF_ENDPOINT": f"https://{server.host}", "HF_TOKEN": "token"}


STORES: tuple[Callable[[Server], tuple[str, dict[str, str]]], ...] = (
    on_amazon,
    on_azure,
    on_google,
    on_hugging_face,
)
Store = Callable[[Server], tuple[str, dict[str, str]]]


@pytest.mark.parametrize("store", STORES)
def test_a_folder_and_a_file_of_a_store_that_fails_in_between(
    pod: Pod, server: Server, store: Store, digest: str
) -> None:
    place, env = store(server)
    iris = hashlib.sha256(b"weights").hexdigest()
    models = {
        "churn": model(f"{place}/models/churn", sha256=digest),
        "iris": model(f"{place}/models/iris.joblib", sha256=iris),
    }
    blocks = store in (on_azure, on_google)
    server.failing, server.faults = "model.pkl", [cut(BLOCK if blocks else 500_000), status(503), cut(100_000)]
    pod.env = env
    done = pod.fetch(**models)
    assert done.code == 0, done.out
    assert is_churn(pod)
    assert (pod.folder / "iris" / "iris.joblib").read_bytes() == b"weights"
    firsts = [each.range and each.range.split("-")[0] for each in server.asked if "model.pkl" in each.path]
    resumed = ["bytes=8388608"] * 3 if blocks else ["bytes=500000", "bytes=500000", "bytes=600000"]
    assert firsts[1:4] == resumed


def test_what_is_not_there(pod: Pod, server: Server) -> None:
    for store in STORES:
        place, env = store(server)
        pod.env = env
        done = pod.fetch(gone=f"{place}/models/gone")
        assert done.code == 1
        assert "Mend its uri" in done.reason, done.out


def test_the_token_of_hugging_face_is_sent_to_it(pod: Pod, server: Server) -> None:
    place, env = on_hugging_face(server)
    pod.env = env
    assert pod.fetch(iris=f"{place}/models/iris.joblib").code == 0
    assert {each.authorization for each in server.asked} == {"Bearer token"}


def test_a_name_that_leads_out_of_the_model_is_refused(pod: Pod, server: Server) -> None:
    place, env = on_hugging_face(server)
    siblings = [{"rfilename": "models/churn/../../escaped", "size": 1, "blobId": "1"}]
    said = {"id": "org/model", "sha": "c0ffee", "siblings": siblings}
    server.files["/api/models/org/model/revision/v1"] = json.dumps(said).encode()
    pod.env = env
    done = pod.fetch(churn=f"{place}/models/churn")
    assert done.code == 1
    assert "has a file '../../escaped', which would lie outside of it" in done.reason
