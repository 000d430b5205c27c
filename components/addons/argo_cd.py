"""Argo CD: makes the cluster what a git repository says, for delivery by pull."""

import json
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, model_validator

from components.addon import Addon
from components.argo import NAMESPACE
from components.context import Context, Profile
from components.delivery import Delivery, application_set, project
from components.errors import Mistake
from components.objects import HAS_HOST, reserved
from components.unit import Chart, ChartImage, Namespace, Unit
from components.values import DnsLabel, Host, Value, merged

NAME = "argo-cd"
VERSION = "10.9.5"
MEMORY: dict[Profile, dict[str, str]] = {
    "laptop": {"controller": "384Mi", "server": "128Mi", "repoServer": "192Mi", "applicationSet": "96Mi"},
    "production": {"controller": "2Gi", "server": "256Mi", "repoServer": "512Mi", "applicationSet": "256Mi"},
}
REPLICATED = ("server", "repoServer", "applicationSet")
"""The controller has one replica for one cluster; Redis is a cache that is filled again when it is lost."""
HEALTH = """\
local health = obj.status and obj.status.health or {}
return {status = health.status or "Progressing", message = health.message or ""}
"""
"""An Application within another is healthy when what it applies is."""


class SignOn(Value):
    """OpenID Connect. `secret`: a Secret of Argo CD's namespace with the key `client-secret`."""

    issuer: str = Field(pattern=r"^https://[^\s/]+\S*$")
    client_id: str = Field(min_length=1)
    secret: DnsLabel
    admins: tuple[str, ...] = ()
    """The groups that may do everything; everybody else who signs in may look."""


class ArgoCd(Addon):
    """Argo CD, with an Application for each folder of `delivery` where that is said.

    Nobody has a password unless `admin`; without `host` it is reached by kubectl port-forward.
    """

    delivery: Delivery | None = None
    host: Host | None = None
    ingress_class: DnsLabel | None = None
    tls_secret: DnsLabel | None = None
    sign_on: SignOn | None = None
    admin: bool = False

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> Self:
        if self.host and not (self.sign_on or self.admin):
            raise ValueError(f"nobody could sign in at {self.host}. Say sign_on, or on a laptop admin: true")
        return self

    def claims(self, context: Context) -> tuple[str, ...]:
        return (f"host {self.host}",) if self.host else ()

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.production and self.admin:
            yield Mistake(("admin",), "is one password for everybody in production. Leave it out, and say sign_on")
        if context.production and self.host and not self.tls_secret:
            fact = f"{self.host} is open without TLS in production"
            yield Mistake(("tls_secret",), f"{fact}. Name the Secret of its certificate")

    def unit(self, context: Context) -> Unit:
        profile = context.conventions.profile
        allowed = project(self.delivery)
        objects = (allowed, application_set(self.delivery, context.production)) if self.delivery else ()
        charts = (self._chart(profile),)
        return Unit(name=NAME, namespace=Namespace(name=NAMESPACE), charts=charts, objects=objects, accepts=allowed)

    def _chart(self, profile: Profile) -> Chart:
        values = {
            "global": {"domain": self.host} if self.host else {},
            "configs": self._configs(),
            "dex": {"enabled": False},
            "notifications": {"enabled": False},
            "redis": {"resources": reserved("10m", "64Mi")},
            "redisSecretInit": {"resources": reserved("10m", "64Mi")},
            **{part: {"resources": reserved("50m", memory)} for part, memory in MEMORY[profile].items()},
        }
        if profile == "production":
            twice = {"replicas": 2, "pdb": {"enabled": True, "maxUnavailable": 1}}
            values = merged(values, dict.fromkeys(REPLICATED, twice))
        return Chart(
            name=NAME,
            repository="https://argoproj.github.io/argo-helm",
            version=VERSION,
            release="argocd",
            values=merged(values, {"server": {"ingress": self._ingress()}} if self.host else {}),
            images=(
                _image("quay.io/argoproj/argocd:v3.5.3", "global.image"),
                _image("ecr-public.aws.com/docker/library/redis:8.6.4-alpine", "redis.image"),
            ),
        )

    def _configs(self) -> dict[str, Any]:
        settings = {"admin.enabled": self.admin, "resource.customizations.health.argoproj.io_Application": HEALTH}
        configs = {
            "cm": settings | ({"oidc.config": _oidc(self.sign_on)} if self.sign_on else {}),
            "params": {
                "applicationsetcontroller.enable.progressive.syncs": True,
                "server.insecure": self.host is not None,
            },
        }
        if self.sign_on:
            groups = "".join(f"g, {group}, role:admin\n" for group in self.sign_on.admins)
            configs["rbac"] = {"policy.default": "role:readonly", "policy.csv": groups}
        return configs

    def _ingress(self) -> dict[str, Any]:
        tls = [{"hosts": [self.host], "secretName": self.tls_secret}] if self.tls_secret else []
        kind = {"ingressClassName": self.ingress_class} if self.ingress_class else {}
        return {"enabled": True, **kind, "extraTls": tls, **HAS_HOST}


def _image(image: str, path: str) -> ChartImage:
    return ChartImage(image=image, paths={f"{path}.repository": "{repository}", f"{path}.tag": "{tag}"})


def _oidc(chosen: SignOn) -> str:
    """As the JSON that YAML is; Argo CD looks the Secret up itself."""
    known = {"name": "SSO", "issuer": chosen.issuer, "clientID": chosen.client_id}
    return json.dumps({**known, "clientSecret": f"${chosen.secret}:client-secret"})
