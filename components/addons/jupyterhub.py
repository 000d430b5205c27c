"""JupyterHub: notebooks for a team, beside the models that they call."""

from collections.abc import Iterator
from functools import reduce
from itertools import starmap
from typing import Any, Self

from pydantic import model_validator

from components.addon import Addon
from components.addons.istio import INGRESS_CLASS, Istio
from components.context import Context, Profile
from components.errors import Mistake
from components.jupyterhub import starter
from components.jupyterhub.login import Authenticator, GitHub, OpenId, login
from components.mirror import nested
from components.network import in_namespace
from components.objects import HAS_HOST, reserved, tls
from components.unit import Chart, ChartImage, GeneratedSecret, Namespace, Unit
from components.values import DnsLabel, Host, PinnedImage, merged

NAME = "jupyterhub"
NAMESPACE = "jupyterhub-system"
VERSION = "4.4.1"
SECRET = "jupyterhub-generated"
KEYS = {"hub.config.JupyterHub.cookie_secret": 64, "hub.config.CryptKeeper.keys": 64}
"""What the chart would make anew whenever it is rendered: everybody would be logged out."""

Values = dict[str, Any]


def _uses(cpu: str, memory: str, limit: str) -> Values:
    return {"resources": reserved(cpu, memory, limit)}


SIZES: dict[Profile, Values] = {
    "laptop": {
        "hub": _uses("50m", "192Mi", "512Mi"),
        "proxy": {"chp": _uses("10m", "64Mi", "256Mi")},
        "singleuser": {
            "cpu": {"guarantee": 0.05, "limit": 2},
            "memory": {"guarantee": "256M", "limit": "1G"},
            "storage": {"capacity": "1Gi"},
        },
        "prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}},
    },
    "production": {
        "hub": _uses("200m", "512Mi", "1Gi"),
        "proxy": {"chp": _uses("100m", "128Mi", "512Mi")},
        "singleuser": {"cpu": {"guarantee": 0.5, "limit": 4}, "memory": {"guarantee": "1G", "limit": "4G"}},
        "prePuller": {**_uses("10m", "16Mi", "64Mi"), "hook": _uses("10m", "16Mi", "64Mi")},
    },
}
RESTRICTED = {"runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}
IMAGES: dict[Profile, dict[str, str]] = {
    "laptop": {
        "hub.image": f"quay.io/jupyterhub/k8s-hub:{VERSION}",
        "proxy.chp.image": "quay.io/jupyterhub/configurable-http-proxy:5.2.0",
        "singleuser.image": f"quay.io/jupyterhub/k8s-singleuser-sample:{VERSION}",
    },
}
IMAGES["production"] = IMAGES["laptop"] | {
    "prePuller.hook.image": f"quay.io/jupyterhub/k8s-image-awaiter:{VERSION}",
    "prePuller.pause.image": "registry.k8s.io/pause:3.10.1",
}
"""What the chart runs, by where its values name it."""


class JupyterHub(Addon):
    """Opened at `host`. `tls_secret`: a Secret of type kubernetes.io/tls where the Ingress class looks for it.

    `admins` are user names. `hub_image`, `notebook_image`: None takes the chart's.
    """

    host: Host
    tls_secret: DnsLabel | None = None
    ingress_class: DnsLabel = INGRESS_CLASS
    authenticator: Authenticator = "shared-password"
    github: GitHub | None = None
    open_id: OpenId | None = None
    admins: tuple[str, ...] = ()
    hub_image: PinnedImage | None = None
    notebook_image: PinnedImage | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        for name, given in (("github", self.github), ("open-id", self.open_id)):
            key = name.replace("-", "_")
            if self.authenticator == name and not given:
                raise ValueError(f"authenticator {name!r} is not told whom to ask. Say `{key}`")
            if given and self.authenticator != name:
                raise ValueError(f"{key} is said, but the authenticator is {self.authenticator!r}. Keep one of the two")
        return self

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (Istio,) if self.ingress_class == INGRESS_CLASS else ()

    def claims(self, context: Context) -> tuple[str, ...]:
        return (f"host {self.host}",)

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.production and self.authenticator == "dummy":
            fact = "'dummy' lets anybody in, which only `profile: laptop` may"
            yield Mistake(("authenticator",), f"{fact}. Choose another")
        if context.production and not self.tls_secret:
            fact = f"people would send passwords to http://{self.host} in clear"
            yield Mistake(("tls_secret",), f"{fact}. Name the Secret of its certificate")
        if not context.traits.storage_class:
            cure = "Say the cluster's `traits: {storage_class: NAME}`"
            yield Mistake((), f"homes are kept on volumes, and no storage class of this cluster is known. {cure}")

    def unit(self, context: Context) -> Unit:
        profile = context.conventions.profile
        how = login(self.authenticator, self.github or self.open_id, self._url)
        parts = (SIZES[profile], self._hub(context), self._notebooks(context), self._entry(), {"hub": how.hub})
        chart = Chart(
            name=NAME,
            repository="https://hub.jupyter.org/helm-chart/",
            version=VERSION,
            release=NAME,
            values=reduce(merged, (*parts, *starmap(_pinned, self._chosen.items()))),
            images=tuple(starmap(_image, (IMAGES[profile] | self._chosen).items())),
        )
        secret = GeneratedSecret(name=SECRET, keys={**KEYS, **how.passwords})
        return Unit(name=NAME, namespace=Namespace(name=NAMESPACE), charts=(chart,), secrets=(secret,))

    @property
    def _url(self) -> str:
        return f"{'https' if self.tls_secret else 'http'}://{self.host}"

    @property
    def _chosen(self) -> dict[str, str]:
        chosen = {"hub.image": self.hub_image, "singleuser.image": self.notebook_image}
        return {path: image for path, image in chosen.items() if image}

    def _entry(self) -> Values:
        """The Ingress leads to the proxy, which needs no address of its own then."""
        own = {"hosts": [self.host], **tls(self.host, self.tls_secret), **HAS_HOST}
        ingress = {"enabled": True, "ingressClassName": self.ingress_class, **own}
        return {"ingress": ingress, "proxy": {"service": {"type": "ClusterIP"}}}

    def _hub(self, context: Context) -> Values:
        config: Values = {"KubeSpawner": {"container_security_context": RESTRICTED}}
        if self.admins:
            config["Authenticator"] = {"admin_users": list(self.admins)}
        volume = {"pvc": {"storageClassName": context.traits.storage_class}}
        return {
            "hub": {"config": config, "db": volume, "existingSecret": SECRET},
            "scheduling": {"userScheduler": {"enabled": False}, "userPlaceholder": {"enabled": False}},
        }

    def _notebooks(self, context: Context) -> Values:
        """They may call the models. A NetworkPolicy keeps the cloud's metadata from them, no privileged container."""
        own = {
            "defaultUrl": "/lab",
            "extraEnv": {"JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp"},
            "extraLabels": context.conventions.mesh,
            "cloudMetadata": {"blockWithIptables": False},
            "networkPolicy": {"egress": [{"to": [in_namespace(context.models.name)]}]},
            "storage": {"dynamic": {"storageClass": context.traits.storage_class}},
        }
        return {"singleuser": own | starter.values(context.models.name)}


def _pinned(path: str, image: str) -> Values:
    name, _, tag = image.rpartition(":")
    return nested(path, {"name": name, "tag": tag})


def _image(path: str, image: str) -> ChartImage:
    return ChartImage(image=image, paths={f"{path}.name": "{repository}", f"{path}.tag": "{tag}"})
