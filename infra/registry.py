"""Where a model lies that a stack calls by its name in MLflow's registry: asked once, before any unit is built.

https://mlflow.org/docs/latest/api_reference/rest-api.html: registered-models/alias, model-versions/get-download-uri.
"""

import base64
import json
import os
import re
import urllib.error
import urllib.request
from contextlib import suppress
from functools import cache, reduce
from operator import getitem
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from pydantic import AfterValidator

from components.errors import SlipwayError
from components.location.uri import by_name, location
from infra.downloads import within

SECONDS = 10.0
_API = "/api/2.0/mlflow/"
_STORES = ("az", "gs", "s3")
_AZURE = re.compile(r"wasbs?://(?P<container>[^@/]+)@(?P<account>[^.]+)\.blob\.core\.windows\.net/?(?P<path>.*)")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise ValueError("must be http(s)://HOST, with no user in it. Keep names and keys in MLFLOW_TRACKING_TOKEN")
    return url.rstrip("/")


Tracking = Annotated[str, AfterValidator(_checked)]
"""Where a tracking server is called."""


class Registered(NamedTuple):
    """A version of a registered model: its place in a store, and its name."""

    uri: str
    name: str


def pinned(fields: Any, tracking: str | None) -> Any:
    """`fields` of a stack with the place and version of each model that has an mlflow:// or models:/ URI.

    No list of a stack holds models; that of a sample may hold an image's pixels. Raises SlipwayError where the tracking
    server, by default that of MLFLOW_TRACKING_URI, does not say it.
    """
    if not isinstance(fields, dict):
        return fields
    inner = {key: pinned(value, tracking) for key, value in fields.items()}
    if name := _name(inner.get("uri")):
        found = _resolved(_server(name, tracking), name)
        return {**inner, "uri": found.uri, "registered": found.name}
    return inner


def _name(uri: Any) -> str | None:
    """The URI as we write it, if it is one of a registry; what is no URI is refused with all else."""
    named = by_name(uri) if isinstance(uri, str) else ""
    with suppress(ValueError):
        return named if location(named).scheme == "mlflow" else None
    return None


def _server(name: str, tracking: str | None) -> str:
    if found := tracking or os.environ.get("MLFLOW_TRACKING_URI"):
        try:
            return _checked(found)
        except ValueError as error:
            raise SlipwayError(f"MLFLOW_TRACKING_URI {error}") from None
    raise SlipwayError(
        f"{name}: nobody says which registry that is. Say slipway:model_registry, or set MLFLOW_TRACKING_URI"
    )


@cache
def _resolved(server: str, uri: str) -> Registered:
    found = location(uri)
    version = found.path
    if version.startswith("@"):
        asked = {"name": found.place, "alias": version[1:]}
        version = _asked(server, "registered-models/alias", asked, uri, "model_version", "version")
    asked = {"name": found.place, "version": version}
    artefacts = _asked(server, "model-versions/get-download-uri", asked, uri, "artifact_uri")
    return Registered(_place(artefacts, uri), f"mlflow://{found.place}/{version}")


def _place(artefacts: str, uri: str) -> str:
    """The store's URI, as stacks spell it."""
    if azure := _AZURE.fullmatch(artefacts):
        return f"az://{azure['account']}/{azure['container']}/{azure['path']}"
    if artefacts.partition("://")[0] in _STORES:
        return artefacts
    fact = f"{uri} lies at {artefacts}, where no pod reads"
    raise SlipwayError(f"{fact}. Log it to a store (s3, gs, wasbs), with `mlflow server --no-serve-artifacts`")


def _asked(server: str, method: str, fields: dict[str, str], uri: str, *path: str) -> str:
    """What the answer has at `path`."""
    request = urllib.request.Request(f"{server}{_API}{method}?{urlencode(fields)}", headers=_identity(server))
    try:
        found = json.loads(within(SECONDS, lambda: _read(request)))
        return str(reduce(getitem, path, found))
    except urllib.error.HTTPError as error:
        with error:
            raise SlipwayError(f"{uri}: {server} answers {error.code}: {_told(error)}") from None
    except (OSError, TimeoutError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        cure = "Start it, or mend slipway:model_registry or MLFLOW_TRACKING_URI"
        raise SlipwayError(f"{uri}: no answer from {server}: {reason}. {cure}") from None
    except (ValueError, LookupError, TypeError):
        raise SlipwayError(
            f"{uri}: {server} does not answer as MLflow does. Give a tracking server's address"
        ) from None


def _read(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        content: bytes = response.read()
        return content


def _told(error: urllib.error.HTTPError) -> str:
    """What the server says of it, with its cure."""
    if error.code in (401, 403):
        return "it takes no such user. Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD"
    try:
        said = json.loads(error.read())["message"]
    except (ValueError, KeyError, TypeError):
        said = error.reason
    return f"{str(said).rstrip('.')}. Register it there, or choose another name, alias or version"


def _identity(server: str) -> dict[str, str]:
    """MLflow's own variables, which must not travel in clear."""
    token, user = os.environ.get("MLFLOW_TRACKING_TOKEN"), os.environ.get("MLFLOW_TRACKING_USERNAME")
    if not (token or user):
        return {}
    if urlsplit(server).scheme != "https" and urlsplit(server).hostname not in _LOOPBACK:
        raise SlipwayError(f"{server} would get its password in clear. Give it https, or unset MLFLOW_TRACKING_*")
    if token:
        return {"Authorization": f"Bearer {token}"}
    both = f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}"
    return {"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}
