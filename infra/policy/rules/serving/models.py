"""Where models come from, and whether they are those that were meant."""

import re
from collections.abc import Iterator
from functools import partial

from ...index import Objects
from ...objects import Object, Path, is_resource, kind, mapping, nodes, pod
from ...rule import Finding, ObjectRule, SetFinding, SetRule, Severity

URI = re.compile(r"(?:model|storage)uri$")
DIGEST = re.compile(r"(?:model|storage)(?:sha256|digest)$")
"""How the names of fields, variables and annotations end, in small letters alone."""
FIXED = re.compile(r"\b[0-9a-f]{64}\b|[?&]versionId=.|@[0-9a-f]{40}$")
"""What makes a URI mean the same for ever: a SHA-256 in it, the version of an object, or a commit."""


def _named(node: Object) -> Iterator[tuple[Path, str, str]]:
    """What a mapping says by its keys, or as a variable: path, name in small letters alone, and text."""
    said = {"value": (node.get("name"), node.get("value"))} if "value" in node else {}
    for key, (name, value) in {**{key: (key, node[key]) for key in node}, **said}.items():
        if isinstance(value, str):
            yield (key,), re.sub(r"[^a-z0-9]", "", str(name).lower()), value


def _said(item: Object) -> Iterator[tuple[Path, str, str]]:
    """Where an object that serves a model may name it: its annotations, and its own or its containers' fields."""
    if is_resource(item) or not (pod(item) or "." in kind(item)):
        return
    for part in ("metadata", "spec"):
        for path, node in nodes(mapping(item, part), (part,)):
            yield from (((*path, *place), name, value) for place, name, value in _named(node))


def _uris(item: Object) -> Iterator[tuple[Path, str]]:
    return ((path, value) for path, name, value in _said(item) if URI.search(name) and value)


@partial(
    SetRule,
    id="model-source",
    severity=Severity.MANDATORY,
    title="A model comes from a store that is trusted",
    reason="A model is a program: who can write where it is read from runs in the cluster.",
    remedy="Use a store of `slipway:trusted.models`, or add this one.",
    reference="https://kserve.github.io/website/docs/",
)
def source(objects: Objects) -> Iterator[SetFinding]:
    for item in objects:
        for path, uri in _uris(item):
            if not uri.startswith(objects.terms.models):
                yield item, path, f"comes from {_place(uri)}, which nobody trusts"


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
    remedy="Name the object's version or SHA-256 in the URI, or annotate `slipway/model-sha256`.",
    reference="https://kserve.github.io/website/docs/",
)
def digest(item: Object) -> Iterator[Finding]:
    if any(DIGEST.search(name) and FIXED.search(value) for _, name, value in _said(item)):
        return
    for path, uri in _uris(item):
        if not FIXED.search(uri):
            yield path, "is whatever lies there today"
