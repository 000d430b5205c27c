"""A kubeconfig by command, judged by a client that reads it: Kubernetes' own for Python."""

import base64
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from kubernetes import client
from kubernetes.config import new_client_from_config_dict

from components import kubeconfig
from tests.components.deployed import deploy

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
AUTHORITY = base64.b64encode(PEM.encode()).decode()
PLUGIN = """#!/bin/sh
printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}' \\
  "$REGION $*"
"""


@pytest.fixture
def plugin(tmp_path: Path) -> str:
    """A stand-in for a cloud's command: its token is what it was called with."""
    path = tmp_path / "get-token"
    path.write_text(PLUGIN)
    path.chmod(0o755)
    return str(path)


def made(command: str = "get-token", authority: str | None = AUTHORITY, **choices: Any) -> dict[str, Any]:
    """The kubeconfig as the engine would know it."""
    found: list[str] = []

    def program() -> pulumi.Output[None]:
        server = pulumi.Output.from_input("https://192.0.2.1")
        text = kubeconfig.by_command(
            "slipway-dev", server=server, authority=authority, command=command, hint="install it", **choices
        )
        return text.apply(found.append)

    deploy(lambda: pulumi.export("done", program()))
    return dict(yaml.safe_load(found[0]))


def test_a_client_runs_the_command_for_its_token(plugin: str) -> None:
    arguments = ("--cluster", pulumi.Output.from_input("slipway-dev"))
    document = made(plugin, arguments=arguments, env={"REGION": "eu-west-1"})
    configuration: client.Configuration = new_client_from_config_dict(document).configuration  # type: ignore[no-untyped-call]
    assert configuration.host == "https://192.0.2.1"
    assert list(configuration.api_key.values()) == ["Bearer eu-west-1 --cluster slipway-dev"]
    assert configuration.verify_ssl is True
    assert Path(str(configuration.ssl_ca_cert)).read_text() == PEM


def test_its_current_context_is_its_only_one() -> None:
    document = made()
    entries = [each for key in ("clusters", "users", "contexts") for each in document[key]]
    names = {document["current-context"], *(each["name"] for each in entries)}
    assert names == {"slipway-dev"}
    assert document["contexts"][0]["context"] == {"cluster": "slipway-dev", "user": "slipway-dev"}


def test_it_has_no_credential_of_any_kind() -> None:
    (user,) = made()["users"]
    assert user["user"].keys() == {"exec"}
    assert user["user"]["exec"] == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "get-token",
        "args": [],
        "installHint": "install it",
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": False,
    }


def test_a_server_with_a_public_certificate_needs_no_authority() -> None:
    assert made(authority=None)["clusters"] == [{"name": "slipway-dev", "cluster": {"server": "https://192.0.2.1"}}]
