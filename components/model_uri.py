"""Where a model lies: one URI, whatever keeps it."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from components.model_store import store

_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
_HOST = r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?"
_PATH = r"(/[\w!@()+,=~%-][\w!@()+,=~%.-]*)"
_SHAPES = {
    "configmap": (rf"(?P<place>{_NAME})(?P<path>/[-._a-zA-Z0-9]+)", "configmap://NAME/KEY"),
    "hf": (rf"(?P<place>[\w.-]+/[\w.-]+)(@[\w.-]+)?(?P<path>{_PATH}*)", "hf://ORGANISATION/MODEL@REVISION"),
    "https": (rf"(?P<place>{_HOST})(?P<path>{_PATH}+)", "https://HOST/PATH"),
    "mlflow": (r"(?P<place>[\w .-]+)(?P<path>[@/][\w.-]+)", "mlflow://NAME@ALIAS or mlflow://NAME/VERSION"),
    "nfs": (rf"(?P<place>{_HOST})(?P<path>{_PATH}+)", "nfs://SERVER/EXPORT/PATH"),
    "oci": (rf"(?P<place>{_HOST})(?P<path>{_PATH}+([:@][\w.:-]+))", "oci://HOST/REPOSITORY:TAG"),
    "pvc": (rf"(?P<place>{_NAME})(?P<path>{_PATH}*)", "pvc://CLAIM/PATH"),
}
_STORES = ("az", "gs", "s3")
SCHEMES = tuple(sorted((*_SHAPES, *_STORES)))


class Location(NamedTuple):
    """The parts of a model's URI: who keeps it (a claim, a host, a bucket), and where it lies there."""

    scheme: str
    place: str
    path: str


def location(uri: str) -> Location:
    """The parts of a model's URI. Raises ValueError where it has another shape."""
    scheme, colon, rest = uri.partition("://")
    if colon and scheme in _STORES:
        found = store(uri)
        return Location(scheme, "/".join(filter(None, (found.account, found.bucket))), found.prefix)
    if not colon or scheme not in _SHAPES:
        raise ValueError(f"must begin with one of {', '.join(f'{each}://' for each in SCHEMES)}")
    pattern, example = _SHAPES[scheme]
    match = re.fullmatch(pattern, rest, re.ASCII)
    if not match:
        raise ValueError(f"must have the shape {example}")
    return Location(scheme, match["place"], match["path"].strip("/"))


def _checked(uri: str) -> str:
    location(uri)
    return uri


ModelUri = Annotated[str, AfterValidator(_checked)]
"""Where a model lies, such as s3://bucket/prefix, pvc://claim/path or hf://organisation/model@revision."""
