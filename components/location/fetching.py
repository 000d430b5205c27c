"""The init container that brings models into a pod before its server starts."""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from components.context import Context
from components.location import hosts, sources
from components.location.artefact import Files
from components.location.s3 import s3_variables, to_s3
from components.location.uri import location
from components.model import MODELS_FOLDER, Model
from components.network_policy import Rules, to_stores
from components.pods.restricted import RESTRICTED
from components.values import Resources, amount

IMAGE = "docker.io/kserve/storage-initializer:v0.20.0"
"""Has the stores' own clients; of its programs, only its Python is used."""
FETCHED = ("az", "gs", "hf", "https", "s3")
CONFIG_FOLDER = "/mnt/config"
RESOURCES = Resources(cpu="250m", cpu_limit="2", memory="512Mi")
RETRIES = {"attempts": 5, "first_seconds": 1, "longest_seconds": 30}
"""Attempts in a row that bring nothing, and the waits between them, which double."""
_PROGRAM = Path(__file__).parent / "fetch"
_MEBIBYTE = 1024 * 1024
_SLOWEST = 10 * _MEBIBYTE
"""Bytes a second of a store that is worth waiting for."""


def fetched(models: Mapping[str, Model]) -> dict[str, Model]:
    """Those of `models` whose files are copied into the pod."""
    return {name: model for name, model in models.items() if model.uri and location(model.uri).scheme in FETCHED}


def wanted(models: Mapping[str, Model]) -> bool:
    """Whether anything is to be copied, or its digest checked, before the server starts."""
    return bool(fetched(models)) or any(model.sha256 for model in models.values())


@cache
def program() -> Files:
    """The program's own files: path to content."""
    found = sorted(_PROGRAM.rglob("*.py"))
    return {f"fetch/{path.relative_to(_PROGRAM).as_posix()}": path.read_text() for path in found}


def plan(models: Mapping[str, Model], context: Context) -> str:
    """What the program is to do, as JSON."""
    entries = [_entry(name, model) for name, model in sorted(models.items()) if model.uri]
    identity = context.traits.identity_endpoints
    said = {
        "folder": MODELS_FOLDER,
        "models": entries,
        "redirects": sources.redirects(context.conventions.sources),
        "reachable": [[each.cidr, each.port] for each in identity],
        "retries": RETRIES,
    }
    return json.dumps(said, indent=2, sort_keys=True) + "\n"


def container(
    models: Mapping[str, Model], context: Context, credentials: str | None, mounts: list[dict[str, Any]]
) -> dict[str, Any]:
    """The init container; `mounts` are of what it only reads, the keys of Secret `credentials` are its variables."""
    env = {"PYTHONDONTWRITEBYTECODE": "1", **s3_variables(context.conventions.s3_endpoint)}
    return {
        "name": "fetch",
        "image": IMAGE,
        "command": ["python3", "-m", "fetch", "plan.json"],
        "workingDir": CONFIG_FOLDER,
        "env": [{"name": name, "value": value} for name, value in env.items()],
        **({"envFrom": [{"secretRef": {"name": credentials}}]} if credentials else {}),
        "resources": RESOURCES.requirements(room(models)),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": RESTRICTED,
        "volumeMounts": [{"name": "models", "mountPath": MODELS_FOLDER}, *mounts],
    }


def room(models: Mapping[str, Model]) -> str:
    """The disk that the fetched models and the settings beside them take at most."""
    total = sum(amount(model.size) for model in fetched(models).values())
    return f"{math.ceil(total / _MEBIBYTE) + 16}Mi"


def seconds(models: Mapping[str, Model]) -> int:
    """How long a slow store may need for them."""
    total = sum(amount(model.size) for model in fetched(models).values())
    return math.ceil(total / _SLOWEST) + 60 if wanted(models) else 0


def calls(models: Mapping[str, Model], context: Context) -> Rules:
    """What the pods must reach for it."""
    found = [location(str(model.uri)) for model in fetched(models).values()]
    if not found:
        return []
    schemes = {each.scheme for each in found}
    identity = context.traits.identity_endpoints if schemes & set(context.traits.store_schemes) else ()
    named = [hosts.opening(each.place) for each in found if each.scheme == "https"]
    return [*to_stores(identity), *named, *to_s3(context.conventions.s3_endpoint)]


def _entry(name: str, model: Model) -> dict[str, Any]:
    found = location(str(model.uri))
    return {
        **found._asdict(),
        "name": name,
        "uri": model.uri,
        "target": model.path(name),
        "sha256": model.sha256,
        "bytes": int(amount(model.size)),
    }
