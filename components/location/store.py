"""Object stores that models are read from, as URLs: s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://ACCOUNT/CONTAINER."""

import re
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from components.values import DnsLabel, Value

_SHAPES = {
    "s3": r"(?P<account>)(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])",
    "gs": r"(?P<account>)(?P<bucket>[a-z0-9][a-z0-9._-]{1,61}[a-z0-9])",
    "az": r"(?P<account>[a-z0-9]{3,24})/(?P<bucket>[a-z0-9](-?[a-z0-9]){2,62})",
}
_PREFIX = r"(/(?P<prefix>[\w!.()/-]*))?"
_EXAMPLES = "s3://bucket/prefix, gs://bucket/prefix or az://account/container/prefix"


class Store(NamedTuple):
    """The parts of a store's URL: `bucket` is a container on Azure, in `account`; `prefix` has no slash at its end."""

    scheme: str
    account: str
    bucket: str
    prefix: str


@lru_cache
def store(url: str) -> Store:
    """The parts of a store's URL. Raises ValueError where it has another shape."""
    scheme, colon, rest = url.partition("://")
    match = re.fullmatch(_SHAPES[scheme] + _PREFIX, rest, re.ASCII) if colon and scheme in _SHAPES else None
    if not match or ".." in rest or "//" in rest:
        raise ValueError(f"must have the shape {_EXAMPLES}")
    return Store(scheme, match["account"], match["bucket"], (match["prefix"] or "").strip("/"))


def _checked(url: str) -> str:
    store(url)
    return url


StoreUrl = Annotated[str, AfterValidator(_checked)]
"""What a model stack reads: exactly one bucket (or container), and what lies below its prefix."""


class Grant(Value):
    """A service account of a unit's namespace, and the stores that its pods read."""

    account: DnsLabel
    stores: tuple[StoreUrl, ...]
