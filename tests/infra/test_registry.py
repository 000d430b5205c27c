"""Names in a registry become places in a store, and nothing is guessed."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from components.context import Context
from components.errors import Invalid, SlipwayError
from components.location.model_files import MODELS
from infra import registry, settings
from tests.samples import by_kind

CLUSTER: dict[str, Any] = {"existing": {"kubeconfig": "~/x"}}
ALIASES = {("wine", "champion"): "7", ("wine", "gone"): "9", ("my wine", "champion"): "1"}
PLACES = {
    ("wine", "7"): "s3://store/wine/7",
    ("my wine", "1"): "gs://store/mine",
    ("azure", "2"): "wasbs://models@account1.blob.core.windows.net/wine/2",
    ("kept", "1"): "mlflow-artifacts:/1/models/m-1/artifacts",
    ("here", "1"): "/tmp/mlruns/1",
}


class _Registry(BaseHTTPRequestHandler):
    """Answers as the REST API's documentation says."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        fields = {key: value for key, (value,) in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        if parts.path == "/broken/api/2.0/mlflow/model-versions/get-download-uri":
            self._say(200, b"<html>")
        elif self.headers.get("Authorization") == "Bearer wrong":
            self._say(401, b"{}")
        elif parts.path.endswith("/alias") and (found := ALIASES.get((fields["name"], fields["alias"]))):
            self._say(200, json.dumps({"model_version": {"version": found}}).encode())
        elif place := PLACES.get((fields["name"], fields.get("version", ""))):
            self._say(200, json.dumps({"artifact_uri": place}).encode())
        else:
            self._say(404, json.dumps({"message": "Registered Model with name=other not found."}).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A tracking server on loopback, whom nobody has asked yet."""
    for name in ("URI", "TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    registry._resolved.cache_clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Registry) as found:
        found.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize(
    ("uri", "place", "name"),
    [
        ("mlflow://wine@champion", "s3://store/wine/7", "mlflow://wine/7"),
        ("models:/wine@champion", "s3://store/wine/7", "mlflow://wine/7"),
        ("mlflow://wine/7", "s3://store/wine/7", "mlflow://wine/7"),
        ("models:/my wine@champion", "gs://store/mine", "mlflow://my wine/1"),
        ("mlflow://azure/2", "az://account1/models/wine/2", "mlflow://azure/2"),
    ],
)
def test_a_name_becomes_the_place_of_one_version(address: str, uri: str, place: str, name: str) -> None:
    fields = {"models": {"a": {"uri": uri}}, "traffic": [{"uri": "s3://other"}]}
    found = registry.pinned(fields, address)
    assert found["models"]["a"] == {"uri": place, "registered": name}
    assert found["traffic"] == [{"uri": "s3://other"}]


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("mlflow://other/1", "answers 404: Registered Model with name=other not found. Register it"),
        ("mlflow://wine@gone", "answers 404"),
        ("mlflow://kept/1", "lies at mlflow-artifacts:/1/models/m-1/artifacts, where no pod reads. Log it to a store"),
        ("mlflow://here/1", "where no pod reads"),
    ],
)
def test_what_has_no_place_is_refused_with_a_cure(address: str, uri: str, told: str) -> None:
    with pytest.raises(SlipwayError, match=r"^mlflow://") as caught:
        registry.pinned({"uri": uri}, address)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({}, None),
        ({"TOKEN": "abc"}, "Bearer abc"),
        ({"USERNAME": "ann", "PASSWORD": "secret"}, "Basic YW5uOnNlY3JldA=="),
    ],
)
def test_it_says_who_asks(
    server: ThreadingHTTPServer,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    sent: str | None,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"MLFLOW_TRACKING_{name}", value)
    registry.pinned({"uri": "mlflow://wine/7"}, address)
    assert {who for _, who in server.asked} == {sent}  # type: ignore[attr-defined]


def test_a_wrong_token_is_told_as_one(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "wrong")
    with pytest.raises(SlipwayError, match="answers 401: it takes no such user"):
        registry.pinned({"uri": "mlflow://wine/7"}, address)


def test_no_password_travels_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "abc")
    with pytest.raises(SlipwayError, match="in clear"):
        registry.pinned({"uri": "mlflow://wine/8"}, "http://mlflow.example.com")


def test_one_run_asks_once_so_that_all_of_it_has_one_version(server: ThreadingHTTPServer, address: str) -> None:
    for _ in range(3):
        registry.pinned({"uri": "mlflow://wine@champion"}, address)
    paths = [path.rpartition("/")[2] for path, _ in server.asked]  # type: ignore[attr-defined]
    assert paths == ["alias", "get-download-uri"]


def test_a_server_that_is_none_is_told_as_one(address: str) -> None:
    with pytest.raises(SlipwayError, match="does not answer as MLflow does"):
        registry.pinned({"uri": "mlflow://wine/7"}, f"{address}/broken")


def test_a_server_that_is_away_is_told_with_its_cure() -> None:
    registry._resolved.cache_clear()
    with pytest.raises(SlipwayError, match=r"no answer from http://127.0.0.1:9: .*\. Start it"):
        registry.pinned({"uri": "mlflow://wine/7"}, "http://127.0.0.1:9")


def test_an_environment_renders_the_version_that_the_alias_means(address: str) -> None:
    wine = {"artefact": None, "uri": "models:/wine@champion"}
    models = {"wine": {"models": {"wine": wine}, "credentials": "keys"}}
    target = settings.target("dev", {"cluster": CLUSTER, "models": models, "model_registry": address})
    deployment = by_kind(target.environment.stacks[0].objects(Context()))["Deployment"]
    (said,) = json.loads(deployment["spec"]["template"]["metadata"]["annotations"][MODELS]).values()
    assert said == {"registered": "mlflow://wine/7", "sha256": None, "uri": "s3://store/wine/7"}


def test_without_a_registry_the_name_is_refused_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    models = {"wine": {"models": {"wine": {"artefact": None, "uri": "mlflow://wine@champion"}}}}
    with pytest.raises(Invalid, match=r"slipway:models\.wine.* Say slipway:model_registry, or set MLFLOW_TRACKING_URI"):
        settings.target("dev", {"cluster": CLUSTER, "models": models})


@pytest.mark.parametrize("url", ["mlflow.example.com", "ftp://a.example.com", "https://ann:pw@mlflow.example.com"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match=r"^slipway:model_registry: .* must be http\(s\)://HOST"):
        settings.target("dev", {"cluster": CLUSTER, "model_registry": url})
