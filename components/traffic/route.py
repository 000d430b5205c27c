"""Where a stack is reached from outside its cluster, and on what terms."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from components.values import DnsLabel, Host, Value, Whole

_PREFIX = r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$"
_HTTPS = r"^https://[^\s\"]+$"


def _prefix(path: str) -> str:
    if len(path) > 256 or not re.fullmatch(_PREFIX, path):
        raise ValueError("must be '/' or whole segments such as /ai-service, without '/' at its end or any pattern")
    return path


def _https(url: str) -> str:
    if len(url) > 2048 or not re.fullmatch(_HTTPS, url):
        raise ValueError("must be an address that begins with https://")
    return url


PathPrefix = Annotated[str, AfterValidator(_prefix), WithJsonSchema({"type": "string", "pattern": _PREFIX})]
"""Such as /ai-service: whole segments, no '/' at its end."""
HttpsUrl = Annotated[str, AfterValidator(_https), WithJsonSchema({"type": "string", "pattern": _HTTPS})]


class Jwt(Value):
    """Tokens that `issuer` has signed, and that name one of `audiences`; its keys are at `jwks`."""

    issuer: HttpsUrl
    jwks: HttpsUrl
    audiences: Annotated[tuple[str, ...], Field(min_length=1)]


class Retries(Value):
    """Another attempt at another replica where one fails; of a GET, which changes nothing."""

    attempts: Whole = Field(ge=1, le=10)
    posts_too: bool = False
    """Also of a POST: only where asking the model twice does no harm."""


class Route(Value):
    """A host, and a path below it, that leads to the stack: by the environment's gateway, or by an Ingress.

    The way decides what else is possible; what it cannot do is refused.
    """

    host: Host
    path: PathPrefix = "/"
    strip_path: bool = True
    """Whether the server is asked without `path`."""
    ingress_class: DnsLabel | None = None
    """None: an HTTPRoute at the environment's gateway."""
    tls_secret: DnsLabel | None = None
    """The Secret with the certificate of `host`, for an Ingress; a gateway has its own."""
    issuer: DnsLabel | None = None
    """The ClusterIssuer of cert-manager that makes that certificate."""
    timeout_seconds: Whole | None = Field(default=None, ge=1, le=3600)
    retries: Retries | None = None
    requests_per_second: Whole | None = Field(default=None, ge=1)
    """How many of one caller's address are answered; the rest get 503."""
    jwt: Jwt | None = None
    basic_auth: DnsLabel | None = None
    """The Secret whose key `auth` lists callers and the hashes of their keys, as `htpasswd` writes it."""

    @model_validator(mode="after")
    def _one_certificate(self) -> Self:
        if self.tls_secret and self.issuer:
            raise ValueError("tls_secret and issuer both bring the certificate. Keep one ('issuer: null' removes it)")
        return self

    @property
    def place(self) -> str:
        """Host and path, as one."""
        return f"{self.host}{self.path.rstrip('/')}"


class Expose(Value):
    """A door of the stack's own, past every gateway; what is said is why, for whoever asks."""

    load_balancer: str = Field(min_length=10, max_length=500)
    """Port 80 of an address of its own."""
