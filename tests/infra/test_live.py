"""A cluster that is not reached, for every reason that a kubeconfig can have."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.errors import SlipwayError
from infra.live import Live, Unreachable

TEXT = base64.b64encode(b"no certificate").decode()


def kubeconfig(cluster: dict[str, Any], user: dict[str, Any] | None = None, current: str = "lab") -> str:
    """A kubeconfig of one cluster."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": "lab", "user": user or {}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
        "current-context": current,
    }
    return json.dumps(config)


HERE = {"server": "https://127.0.0.1:1"}
WRONG = {
    "empty": "",
    "a text": "nothing",
    "a list": "[]",
    "no YAML": "{clusters: [",
    "a tab": "clusters:\n\t- a",
    "binary": "\x00\x01",
    "no clusters": "{apiVersion: v1, kind: Config}",
    "no current context": kubeconfig(HERE, current=""),
    "another context": kubeconfig(HERE, current="elsewhere"),
    "a cluster that is a text": kubeconfig({"server": {}}).replace('"cluster": {', '"cluster": "x", "y": {', 1),
    "a certificate's file that is not there": kubeconfig({**HERE, "certificate-authority": "/nowhere/ca.crt"}),
    "a server that is no address": kubeconfig({"server": "nowhere at all"}),
    "no server": kubeconfig({}),
    "a program that is not there": kubeconfig(
        HERE, {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-program"}}
    ),
}
NO_CERTIFICATE = {
    "is not base64": {"certificate-authority-data": "é!"},
    "is not one": {"certificate-authority-data": TEXT},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kubeconfig"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_kubeconfig_is_named(wrong: str, path: Path) -> None:
    path.write_text(WRONG[wrong])
    with pytest.raises(SlipwayError) as caught:
        Live(path).version()
    assert str(path) in str(caught.value) or "127.0.0.1:1" in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_a_kubeconfig_that_is_a_folder_or_not_there(path: Path) -> None:
    with pytest.raises(SlipwayError, match="does not exist"):
        Live(path).version()
    path.mkdir()
    with pytest.raises(SlipwayError, match="Is a directory"):
        Live(path).version()


def test_a_context_that_is_not_there(path: Path) -> None:
    path.write_text(kubeconfig(HERE))
    with pytest.raises(SlipwayError, match=r"kubeconfig .*elsewhere"):
        Live(path, "elsewhere").version()


def test_a_port_that_refuses(path: Path) -> None:
    path.write_text(kubeconfig(HERE))
    with pytest.raises(Unreachable, match=r"cluster at https://127.0.0.1:1 does not answer: .*Connection refused"):
        Live(path).version()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_never_answers(path: Path, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.live.ANSWER_SECONDS", 0.1)
    path.write_text(kubeconfig({"server": f"http://127.0.0.1:{silent}"}))
    with pytest.raises(Unreachable, match="does not answer: Read timed out"):
        Live(path).version()


@pytest.mark.parametrize("wrong", NO_CERTIFICATE)
def test_a_certificate_that_is_none(wrong: str, path: Path, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(kubeconfig({"server": f"https://127.0.0.1:{silent}", **NO_CERTIFICATE[wrong]}))
    with pytest.raises(SlipwayError, match=f"https://127.0.0.1:{silent} does not answer: "):
        Live(path).version()


def test_a_key_that_is_none(path: Path, silent: int) -> None:
    user = {"client-certificate-data": TEXT, "client-key-data": TEXT}
    path.write_text(kubeconfig({"server": f"https://127.0.0.1:{silent}"}, user))
    with pytest.raises(SlipwayError, match=f"https://127.0.0.1:{silent} does not answer: "):
        Live(path).version()
