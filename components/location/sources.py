"""Which places models may come from, as an environment says it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from components.errors import Mistake, YamlPath
from components.location import hosts
from components.location.uri import SCHEMES

_VERSIONS = {"hf": "@", "mlflow": "@", "oci": ":@"}
"""What may follow a model's name beside a path; a ':' after a mere host would be its port."""
_HUGGING_FACE = ("huggingface.co", ".huggingface.co", ".hf.co")
"""Where Hugging Face's own redirects lead: a host, or with a dot all hosts below it."""


def source(text: str) -> str:
    """The beginning of a model's URI, without a slash at its end. Raises ValueError where it is none."""
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in SCHEMES or not re.fullmatch(r"([\w\[][\w./:@\[\]-]*)?", rest, re.ASCII):
        raise ValueError("must be the beginning of a model's URI, such as s3://models or https://huggingface.co")
    return text.rstrip("/") if rest else text


def _endpoint(text: str) -> str:
    scheme, _, host = text.partition("://")
    if scheme not in ("http", "https") or not re.fullmatch(hosts.HOST, host):
        raise ValueError("must be https://HOST or https://HOST:PORT, without a path")
    if scheme == "http" and not re.search(r"\.svc(\.cluster\.local)?(:[0-9]+)?$", host):
        raise ValueError("would carry its keys in clear. Use https, or a Service of the cluster: NAME.NAMESPACE.svc")
    hosts.refuse(host)
    return text


Source = Annotated[str, AfterValidator(source)]
"""The beginning of the URIs of models that may be served; it ends where a part of the URI does."""

S3Endpoint = Annotated[str, AfterValidator(_endpoint)]
"""Where a store that speaks Amazon's S3 is called, such as http://minio.storage.svc:9000."""


def allows(sources: Iterable[str], uri: str) -> bool:
    """Whether `uri` begins with one of `sources`."""
    return any(uri.startswith(each) and _ends(each, uri[len(each) :]) for each in sources)


def _ends(source: str, rest: str) -> bool:
    """Whether a part of the URI ends where `source` does, `rest` being what follows."""
    scheme, _, place = source.partition("://")
    ends = _VERSIONS.get(scheme, "") if "/" in place or scheme == "mlflow" else ""
    return not place or not rest or rest[0] in f"/{ends}"


def refusals(uris: Mapping[YamlPath, str], sources: tuple[str, ...] | None) -> Iterator[Mistake]:
    """What to say of each place, by its path, that is none of `sources`; where nothing is said, all are allowed."""
    if sources is None:
        return
    for path, uri in uris.items():
        if not allows(sources, uri):
            fact = f"{uri} is not among what this environment allows ({', '.join(sources) or 'nothing'})"
            yield Mistake(path, f"{fact}. Bring the model there, or add its place to slipway:sources")


def redirects(sources: tuple[str, ...] | None) -> list[str] | None:
    """The hosts that a redirect may lead to; None: any."""
    if sources is None or "https://" in sources:
        return None
    named = [each.partition("://")[2].partition("/")[0] for each in sources if each.startswith("https://")]
    return [*named, *(_HUGGING_FACE if any(each.startswith("hf://") for each in sources) else ())]
