"""Where models come from, and whether they are those that were meant."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from ...index import Objects
from ...objects import Object, Path, entries, get, is_custom, mapping, nodes, pod
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

MODELS = "slipway/models"
"""The annotation of a pod that says the `uri` and `sha256` of each of its models, as JSON."""
FIELDS = ("modelUri", "storageUri")
VARIABLES = ("MODEL_URI", "STORAGE_URI")
FIXED = re.compile(r"\b[0-9a-f]{64}\b|[?&]versionId=.|@[0-9a-f]{40}$")
"""What makes a URI mean the same for ever: a SHA-256 in it, the version of an object, or a commit."""

Model = tuple[Path, str, Any]
"""Where a model's URI stands, the URI, and its digest where one is said."""


def _annotated(path: Path, node: Object) -> Iterator[Model]:
    said: Any = {}
    with suppress(ValueError):
        said = json.loads(str(get(node, "annotations", MODELS) or "{}"))
    for model in mapping(said).values():
        if uri := get(model, "uri"):
            yield (*path, "annotations", MODELS), str(uri), get(model, "sha256")


def _named(path: Path, node: Object) -> Iterator[Model]:
    """By a field, or by a variable of a container."""
    for field in FIELDS:
        if uri := node.get(field):
            yield (*path, field), str(uri), None
    for index, variable in enumerate(entries(node, "env")):
        if get(variable, "name") in VARIABLES and (uri := get(variable, "value")):
            yield (*path, "env", index, "value"), str(uri), None


def _models(item: Object) -> list[Model]:
    """Every model that an object serves, however it says so."""
    return [model for path, node in _places(item) for find in (_annotated, _named) for model in find(path, node)]


def _places(item: Object) -> Iterator[tuple[Path, Object]]:
    if found := pod(item):
        for path in {("metadata",), (*found.path, "metadata")}:
            yield path, mapping(item, *path)
        yield from found.containers
    elif is_custom(item):
        yield ("metadata",), mapping(item, "metadata")
        yield from nodes(mapping(item, "spec"), ("spec",))


@partial(
    SetRule,
    id="model-source",
    severity=Severity.MANDATORY,
    title="A model comes from a store that is trusted",
    reason="A model is a program: who can write where it is read from runs in the cluster.",
    remedy="Use a store of `slipway:sources`, or add this one.",
    reference="https://kserve.github.io/website/docs/",
)
def source(objects: Objects) -> Iterator[SetFinding]:
    for item in objects:
        for path, uri, _ in _models(item):
            if not any(_is_below(uri, each) for each in objects.terms.sources):
                yield item, path, f"comes from {_place(uri)}, which nobody trusts"


def _is_below(uri: str, source: str) -> bool:
    """Whether `uri` begins with `source`, and a part of it ends there: s3://models is not s3://models-of-others."""
    return uri.startswith(source) and (source.endswith("/") or uri[len(source) :][:1] in ("", "/", "@", ":"))


def _place(uri: str) -> str:
    """Scheme and host, without a password."""
    scheme, colons, rest = uri.partition("://")
    return scheme + colons + rest.partition("/")[0].rpartition("@")[2]


@partial(
    ObjectRule,
    id="model-digest",
    severity=Severity.MANDATORY,
    title="A model is named with its digest",
    reason="Whoever may write to the store may put another model under the same name, and a restart serves it.",
    remedy=f"Say its `sha256`, or a version in the URI; annotate the pods of others `{MODELS}` with both, as JSON.",
    reference="https://kserve.github.io/website/docs/",
)
def digest(item: Object) -> Iterator[Finding]:
    found = _models(item)
    known = {uri for _, uri, sha256 in found if sha256 or FIXED.search(uri)}
    for path, uri, _ in found:
        if uri not in known:
            yield path, "is whatever lies there today"
