"""When what an operator installs is really there: its definition established, its webhook answering."""

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import urllib3
import yaml
from kubernetes import client, config, dynamic
from kubernetes.dynamic.exceptions import DynamicApiError, ResourceNotFoundError

from components.errors import SlipwayError
from components.unit import KubernetesObject, identity

_from_file: Callable[..., object] = config.new_client_from_config
_from_dict: Callable[..., object] = config.new_client_from_config_dict
ALREADY_THERE = 409


def until_accepted(kubeconfig: str, context: str | None, manifest: KubernetesObject, seconds: float = 180) -> None:
    """Ask the API server, as a dry run, to create `manifest` until it would; `kubeconfig` is a path or contents.

    Raises SlipwayError with the last refusal after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while reason := refusal(kubeconfig, context, manifest):
        if time.monotonic() > deadline:
            name = identity(manifest)
            raise SlipwayError(f"{name} is not accepted after {seconds:.0f} s: {reason}. Look at its operator's pods")
        time.sleep(1)


def refusal(kubeconfig: str, context: str | None, manifest: KubernetesObject) -> str | None:
    """Why the API server would not take `manifest` now; None where it would, or has it."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            cache = str(Path(folder, "kinds"))
            api: Any = dynamic.DynamicClient(_client(kubeconfig, context), cache_file=cache)  # type: ignore[no-untyped-call]
            resource = api.resources.get(api_version=manifest["apiVersion"], kind=manifest["kind"])
            api.create(resource, body=manifest, namespace=manifest["metadata"].get("namespace"), dry_run="All")
    except ResourceNotFoundError:
        return f"there is no {manifest['kind']} of {manifest['apiVersion']}"
    except DynamicApiError as error:
        return None if error.status == ALREADY_THERE else _words(error)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return str(error)
    return None


def _words(error: DynamicApiError) -> str:
    with suppress(ValueError, TypeError, KeyError):
        return str(json.loads(str(error.body))["message"])
    return f"{error.status} {error.reason}"


def _client(kubeconfig: str, context: str | None) -> client.ApiClient:
    if "\n" not in kubeconfig:
        return cast(client.ApiClient, _from_file(str(Path(kubeconfig).expanduser()), context))
    known: dict[str, Any] = yaml.safe_load(kubeconfig)
    return cast(client.ApiClient, _from_dict(known, context))
