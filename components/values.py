"""Validated building blocks. Nothing here knows Pulumi."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, model_validator

from components.errors import YamlPath

_DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL = re.compile(r"[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_HOST_AND_PORT = r"[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?(:\d{1,5})?"
_PART = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
_TAG = r"(:(?P<tag>\w[-.\w]{0,127}))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
_IMAGE = re.compile(rf"({_HOST_AND_PORT}/)?{_PART}(/{_PART})*{_TAG}", re.ASCII)
_REGISTRY = re.compile(rf"{_HOST_AND_PORT}(/{_PART})*", re.ASCII)
_QUANTITY = re.compile(r"([0-9]+|[0-9]*\.[0-9]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?")
_SCALE = {"m": Decimal("0.001"), **{u: Decimal(1000) ** i for i, u in enumerate(("", "k", "M", "G", "T"))}}
_SCALE |= {f"{u}i": Decimal(1024) ** i for i, u in enumerate(("K", "M", "G", "T"), start=1)}


GPU_RESOURCE = "nvidia.com/gpu"
"""What a container asks for to get a GPU, and the taint of the machines that have them."""

SECRET = "[secret]"
"""Stands where a value is encrypted, and only the Pulumi engine can read it."""


class Value(BaseModel):
    """An immutable, closed, validated record."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


V = TypeVar("V", bound=Value)


def within(whole: Any, kind: type[V], *path: str | int) -> Iterator[tuple[YamlPath, V]]:
    """Each value of `kind` that is a part of `whole`, which itself stands at `path`, with its own path."""
    if isinstance(whole, kind):
        yield path, whole
    for key, part in _parts(whole):
        if isinstance(part, (BaseModel, dict, tuple)):
            yield from within(part, kind, *path, key)


def _parts(whole: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(whole, BaseModel):
        return ((name, getattr(whole, name)) for name in type(whole).model_fields)
    if isinstance(whole, dict):
        return whole.items()
    return enumerate(whole) if isinstance(whole, tuple) else ()


def _dns_label(text: str) -> str:
    if len(text) > 63:
        raise ValueError(f"has {len(text)} characters; Kubernetes allows 63. Shorten it")
    if not _DNS_LABEL.fullmatch(text):
        raise ValueError("must be lower case letters, digits and '-', starting with a letter and not ending with '-'")
    return text


def _pinned(image: str) -> str:
    found = _IMAGE.fullmatch(image)
    if not found:
        raise ValueError("must be an image reference such as docker.io/seldonio/mlserver:1.7.1, its path in lower case")
    if not found["digest"] and found["tag"] in (None, "latest"):
        raise ValueError("must name a tag other than 'latest', or a digest, so that a restart runs the same image")
    return image


def is_registry(text: str) -> bool:
    """Whether images can stand below it: HOST, HOST:PORT or either with a path."""
    return _REGISTRY.fullmatch(text) is not None


def split_image(image: str) -> tuple[str, str]:
    """A pinned image's repository and tag (or digest): 'docker.io/istio/pilot', '1.30.0'."""
    repository, _, tag = image.rpartition("@" if "@" in image else ":")
    return repository, tag


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """`other` over `one`, mapping by mapping."""
    both = one.keys() & other.keys()
    inner = {key for key in both if isinstance(one[key], dict) and isinstance(other[key], dict)}
    return {**one, **other, **{key: merged(one[key], other[key]) for key in inner}}


def _host(text: str) -> str:
    if len(text) > 253 or not all(map(_DNS_LABEL.fullmatch, text.split("."))) or "." not in text:
        raise ValueError("must be a DNS name with a dot and in lower case, such as jupyterhub.example.it")
    return text


def _quantity(text: str) -> str:
    match = _QUANTITY.fullmatch(text)
    if not match or amount(text) == 0:
        raise ValueError("must be a positive Kubernetes quantity such as 500m, 2, 512Mi or 1Gi")
    return text


def _bytes(text: str) -> str:
    if amount(text) < 2**20:
        raise ValueError("is less than 1 MiB: its unit is missing or another one is meant. Write it as 512Mi or 1Gi")
    return text


def _cores(text: str) -> str:
    if not Decimal("0.001") <= amount(text) <= 1000:
        raise ValueError("is not between 1m and 1000 cores: another unit is meant. Write it as 500m or 2")
    return text


def _label_key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    if not _LABEL.fullmatch(name) or (slash and not _SUBDOMAIN.fullmatch(prefix)):
        raise ValueError("must be a label's key: up to 63 letters, digits, '-', '_' or '.', maybe after DOMAIN/")
    return text


def _label_value(text: str) -> str:
    if text and not _LABEL.fullmatch(text):
        raise ValueError("must be a label's value: up to 63 letters, digits, '-', '_' or '.', none of these at an end")
    return text


def amount(quantity: str) -> Decimal:
    """A Kubernetes quantity as a number of cores or bytes: '500m' is 0.5, '1Ki' is 1024."""
    number, unit = re.fullmatch(r"([0-9.]+)([a-zA-Z]*)", quantity).groups()  # type: ignore[union-attr]  # checked above
    return Decimal(number) * _SCALE[unit]


DnsLabel = Annotated[str, AfterValidator(_dns_label)]
"""A Kubernetes name: RFC 1035 label, at most 63 characters."""

Host = Annotated[str, AfterValidator(_host)]
"""A DNS name that people open, such as jupyterhub.example.it."""

PinnedImage = Annotated[str, AfterValidator(_pinned)]
"""An image reference with a tag other than `latest`, or a digest."""

Quantity = Annotated[str, AfterValidator(_quantity)]
"""A Kubernetes resource quantity above zero."""

Bytes = Annotated[Quantity, AfterValidator(_bytes)]
"""A quantity of memory or disk. One below 1 MiB, such as 512m, is a mistake that Kubernetes would take."""

Cores = Annotated[Quantity, AfterValidator(_cores)]
"""A quantity of CPU."""

Whole = Annotated[int, Strict()]
"""A number that is written as one: neither true nor '2'."""

Number = Annotated[float, Strict()]
"""The same, and it may have a fraction."""

LabelKey = Annotated[str, AfterValidator(_label_key)]
"""Of a label or a taint: a name, after a DNS name and '/' where it is somebody's own."""

LabelValue = Annotated[str, AfterValidator(_label_value)]

Labels = dict[LabelKey, LabelValue]
"""As Kubernetes takes them."""


class Resources(Value):
    """What one replica may use.

    `cpu` is reserved and may be exceeded up to `cpu_limit`, because a model server needs far more while it loads;
    `memory` is both reserved and the limit, because memory that is not reserved ends in an out-of-memory kill.
    """

    cpu: Cores = "250m"
    cpu_limit: Cores = "2"
    memory: Bytes = "512Mi"
    gpus: Whole = Field(default=0, ge=0, le=16)

    @model_validator(mode="after")
    def _limit_covers_request(self) -> Self:
        if amount(self.cpu_limit) < amount(self.cpu):
            raise ValueError(f"cpu_limit {self.cpu_limit} is below cpu {self.cpu}. Raise cpu_limit or lower cpu")
        return self

    def requirements(self, disk: str | None = None) -> dict[str, dict[str, str]]:
        """As a container spells them: `requests` and `limits`; `disk` is the room that it needs on its node's."""
        gpus = {GPU_RESOURCE: str(self.gpus)} if self.gpus else {}
        room = {"ephemeral-storage": disk} if disk else {}
        return {
            "requests": {"cpu": self.cpu, "memory": self.memory, **gpus, **room},
            "limits": {"cpu": self.cpu_limit, "memory": self.memory, **gpus},
        }
