"""Secrets belong into a Secret, and nowhere else. No message here repeats what it found."""

import re
from collections.abc import Iterator
from functools import partial

from ...charts import CHART
from ...objects import Object, Path, entries, get, kind, mapping, nodes, pod
from ...rule import Finding, ObjectRule, Severity

SECRET_NAME = re.compile(
    r"(?:^|[^a-z])(?:password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:api|access|account|auth|encryption|private|secret|signing)[-_.]?key)$",
    re.IGNORECASE,
)
"""A name that promises a secret: it ends in one of these words, so SECRET_NAME, TOKEN_FILE and MAX_TOKENS do not."""

HARMLESS = re.compile(r"|true|false|null|none|-?[0-9.]{1,6}|\$[({].*|/[\w./-]*", re.IGNORECASE | re.DOTALL)
"""Nothing, a switch, a small number, a reference to a variable, or the path of a file that holds the secret."""

SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # an access key of Amazon Web Services
    r"|\bAIza[\w-]{35}\b"  # Google Cloud
    r"|\bgh[opsu]_[A-Za-z0-9]{36}\b"  # GitHub
    r"|\bhf_[A-Za-z0-9]{34}\b"  # Hugging Face
    r"|\bxox[abprs]-[\w-]{10,}"  # Slack
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."  # a JSON Web Token
    r"|\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@$]*:[^\s/@$]+@"  # a URL with a password
)
"""What is a secret wherever it stands."""


def _promises(name: str) -> bool:
    """Whether a name, be it in_snake, in-kebab or inCamel case, promises a secret."""
    return bool(SECRET_NAME.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)))


def _is_secret(name: str, text: str) -> bool:
    return bool(SECRET_VALUE.search(text)) or (_promises(name) and not HARMLESS.fullmatch(text.strip()))


def _environment(container: Object) -> Iterator[tuple[Path, str, object]]:
    for index, variable in enumerate(entries(container, "env")):
        yield ("env", index, "value"), str(get(variable, "name")), get(variable, "value")


def _arguments(container: Object) -> Iterator[tuple[Path, str, object]]:
    """Each argument under the name of its option, be it `--name=value` or `--name value`."""
    for field in ("command", "args"):
        option = ""
        for index, argument in enumerate(map(str, entries(container, field))):
            name, equals, value = argument.partition("=")
            yield (field, index), *((name, value) if equals and _promises(name) else (option, argument))
            option = "" if equals else argument


def _values(chart: Object) -> Iterator[tuple[Path, str, object]]:
    """Each value of a chart, and of lists in it; what is called `...Secret` there names one."""
    for path, node in nodes(mapping(chart, "spec", "values"), ("spec", "values")):
        for key, value in node.items():
            yield (*path, key), "" if key.lower().endswith("secret") else key, value
            yield from (((*path, key, index), "", each) for index, each in enumerate(entries(value)))


def _annotations(item: Object, *path: str | int) -> Iterator[tuple[Path, str, object]]:
    """Each annotation; what is called `...-secret` names one."""
    for key, value in mapping(item, *path, "metadata", "annotations").items():
        yield (*path, "metadata", "annotations", key), "" if key.endswith("secret") else key.rpartition("/")[2], value


def _literals(item: Object) -> Iterator[tuple[Path, str, object]]:
    """Each place where an object holds text in the clear: its path, name and value."""
    if kind(item) == "ConfigMap":
        yield from ((("data", key), key, value) for key, value in mapping(item, "data").items())
    if kind(item) == CHART:
        yield from _values(item)
    found = pod(item)
    for place in {(), found.path if found else ()}:
        yield from _annotations(item, *place)
    for path, container in found.containers if found else ():
        for source in (_environment, _arguments):
            yield from (((*path, *place), name, value) for place, name, value in source(container))


@partial(
    ObjectRule,
    id="secret-literal",
    severity=Severity.MANDATORY,
    title="No secret in the clear",
    reason="Variables, arguments, annotations, ConfigMaps and a chart's values are read by many, and end up in git.",
    remedy="Put it into a Secret and refer to it with `valueFrom.secretKeyRef` or a volume.",
    reference="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
)
def literal(item: Object) -> Iterator[Finding]:
    for path, name, value in _literals(item):
        if isinstance(value, str) and _is_secret(name, value):
            yield path, "looks like a secret in the clear"
