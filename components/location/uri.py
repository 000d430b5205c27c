"""Where a model lies: one URI, whatever keeps it."""

import re
from functools import lru_cache
from typing import Annotated, NamedTuple
from urllib.parse import unquote

from pydantic import AfterValidator

from components.location import hosts
from components.location.store import store

_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_PATH = r"(/[\w!@()+,=~-][\w!@()+,=~.-]*)"
_ENCODED = r"(/[\w!@()+,=~%-][\w!@()+,=~%.-]*)"
_SHAPES = {
    "configmap": (rf"(?P<place>{_NAME})(?P<path>/[-._a-zA-Z0-9]+)", "configmap://NAME/KEY"),
    "hf": (
        rf"(?P<place>[\w-][\w.-]*/[\w-][\w.-]*)(@(?P<version>\w[\w.-]*))?(?P<path>{_PATH}*)",
        "hf://ORGANISATION/MODEL@REVISION",
    ),
    "https": (rf"(?P<place>{hosts.HOST})(?P<path>{_ENCODED}+)", "https://HOST/PATH"),
    "mlflow": (r"(?P<place>[\w .-]+)(?P<path>[@/][\w.-]+)", "mlflow://NAME@ALIAS or mlflow://NAME/VERSION"),
    "nfs": (rf"(?P<place>{hosts.NAME})(?P<path>{_PATH}+)", "nfs://SERVER/EXPORT/PATH"),
    "oci": (
        rf"(?P<place>{hosts.HOST})(?P<path>(/[a-z0-9][a-z0-9._-]*)+)"
        r"(?P<version>:\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})",
        "oci://HOST/REPOSITORY:TAG or oci://HOST/REPOSITORY@sha256:DIGEST",
    ),
    "pvc": (rf"(?P<place>{_NAME})(?P<path>{_PATH}*)", "pvc://CLAIM/PATH"),
}
_CALLED = ("https", "nfs", "oci")
STORES = ("az", "gs", "s3")
REGISTRY = "mlflow"
"""The scheme of names whose places are found out before anything is deployed."""
SCHEMES = tuple(sorted((*_SHAPES, *STORES)))
_HERE = "A file of this machine is an `artefact`"
_CURES = {
    "": f"{_HERE}, a model of Hugging Face's hf://ORGANISATION/MODEL, MLflow's models:/NAME@ALIAS mlflow://NAME@ALIAS",
    "file": _HERE,
    "http": "Use https, so that nobody changes it on its way",
}
"""For what is none of them."""


class Location(NamedTuple):
    """The parts of a model's URI: who keeps it (a claim, a host, a bucket), and where it lies there.

    `version` is what follows them: a revision of Hugging Face's, ':tag' or '@sha256:digest' of an image.
    """

    scheme: str
    place: str
    path: str
    version: str = ""

    @property
    def base(self) -> str:
        """What the file or folder is called."""
        return (self.path or self.place).rpartition("/")[2]


@lru_cache
def location(uri: str) -> Location:
    """The parts of a model's URI. Raises ValueError where it has another shape."""
    scheme, colon, rest = uri.partition("://")
    if colon and scheme in STORES:
        found = store(uri)
        return Location(scheme, "/".join(filter(None, (found.account, found.bucket))), found.prefix)
    if not colon or scheme not in _SHAPES:
        cure = _CURES.get(scheme if colon else "", "Copy it to one of them")
        raise ValueError(f"must begin with one of {', '.join(f'{each}://' for each in SCHEMES)}. {cure}")
    pattern, example = _SHAPES[scheme]
    match = re.fullmatch(pattern, rest, re.ASCII)
    if not match or not _stays(match["path"]):
        raise ValueError(f"must have the shape {example}{_hint(rest)}")
    return Location(scheme, match["place"], match["path"].strip("/"), match.groupdict().get("version") or "")


def _stays(path: str) -> bool:
    """Whether no part of it leads elsewhere once it is decoded."""
    decoded = [unquote(part) for part in path.split("/")]
    return not any(part in (".", "..") or re.search(r"[/\\\x00-\x1f]", part) for part in decoded)


def _hint(rest: str) -> str:
    if "@" in rest.partition("/")[0]:
        return ", with no user in it. Keep names and keys in the Secret `credentials`"
    return ", with no query in it. Keep keys in the Secret `credentials`" if "?" in rest else ""


def by_name(uri: str) -> str:
    """The URI, with MLflow's own models:/NAME written as mlflow://NAME."""
    return re.sub("^models:/(?!/)", "mlflow://", uri)


def _checked(given: str) -> str:
    uri = by_name(given)
    found = location(uri)
    if found.scheme in _CALLED:
        hosts.refuse(found.place)
    if found.scheme == "https" and found.place == "huggingface.co" and "/resolve/" not in found.path:
        raise ValueError(f"is a page, not the model. Write hf://{'/'.join(found.path.split('/')[:2])}")
    if found.version == ":latest":
        raise ValueError("must name a tag other than 'latest', or a digest, so that a restart serves the same model")
    return uri


ModelUri = Annotated[str, AfterValidator(_checked)]
"""Where a model lies, such as s3://bucket/prefix, pvc://claim/path or hf://organisation/model@revision."""
