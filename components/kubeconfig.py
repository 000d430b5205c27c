"""Kubeconfigs without credentials: whoever uses one is asked who they are at that moment."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi
import yaml

Api = Literal["v1", "v1beta1"]


def by_command(
    name: str,
    *,
    server: pulumi.Input[str],
    authority: pulumi.Input[str] | None,
    command: str,
    arguments: Sequence[pulumi.Input[str]] = (),
    env: Mapping[str, str] | None = None,
    api: Api = "v1",
    hint: str,
) -> pulumi.Output[str]:
    """A kubeconfig that runs `command` for a token.

    `server` is the API server's URL; `authority` its CA as base64 of PEM, None where a public one has signed it;
    `api` is the version of client.authentication.k8s.io that the command answers in: another one is refused.
    `hint` says how to install the command.
    """
    return pulumi.Output.all(server, authority, *arguments).apply(
        lambda known: yaml.safe_dump(_document(name, known[0], known[1], command, known[2:], env or {}, api, hint))
    )


def _document(
    name: str,
    server: str,
    authority: str | None,
    command: str,
    arguments: list[str],
    env: Mapping[str, str],
    api: Api,
    hint: str,
) -> dict[str, Any]:
    run: dict[str, Any] = {
        "apiVersion": f"client.authentication.k8s.io/{api}",
        "command": command,
        "args": arguments,
        "env": [{"name": key, "value": value} for key, value in env.items()] or None,
        "installHint": hint,
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": False,
    }
    place = {"server": server} | ({"certificate-authority-data": authority} if authority else {})
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": place}],
        "users": [{"name": name, "user": {"exec": {key: value for key, value in run.items() if value is not None}}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
