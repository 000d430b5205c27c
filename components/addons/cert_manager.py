"""cert-manager: TLS certificates that are issued and renewed by themselves."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from components.addon import Addon
from components.context import Context, Conventions
from components.objects import platform_object, reserved, spread
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import DnsLabel, Value, merged

NAME = "cert-manager"
VERSION = "v1.21.1"
SELF_SIGNED = "self-signed"
ACME = "acme"
GROUP = "cert-manager.io/v1"
DIRECTORIES = {
    "production": "https://acme-v02.api.letsencrypt.org/directory",
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
"""Let's Encrypt's, https://letsencrypt.org/docs/acme-protocol-updates/; staging has wide limits and no trust."""
IMAGES = {
    "cert-manager-controller": "image",
    "cert-manager-webhook": "webhook.image",
    "cert-manager-cainjector": "cainjector.image",
    "cert-manager-acmesolver": "acmesolver.image",
    "cert-manager-startupapicheck": "startupapicheck.image",
}
PARTS = {
    "controller": ("", reserved("10m", "128Mi")),
    "webhook": ("webhook", reserved("10m", "64Mi")),
    "cainjector": ("cainjector", reserved("10m", "192Mi")),
}
"""Where the values of each Deployment stand, and what it reserves."""


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise ValueError("must be an e-mail address, such as platform@example.it: it is told of certificates that end")
    return text


class Acme(Value):
    """Certificates of Let's Encrypt, proved over HTTP: the hosts must be reachable from the internet on port 80."""

    email: Annotated[str, AfterValidator(_address)]
    ingress_class: DnsLabel
    """The class whose controller answers the proof."""
    directory: Literal["production", "staging"] = "staging"


class CertManager(Addon):
    """Brings the ClusterIssuer `self-signed`, and `acme` where `acme` is said."""

    acme: Acme | None = None

    def conventions(self, given: Conventions) -> Conventions:
        return given.model_copy(update={"certificates": True})

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name=NAME,
            repository="https://charts.jetstack.io",
            version=VERSION,
            release=NAME,
            values=_values(context.production),
            images=tuple(_image(name, path) for name, path in IMAGES.items()),
        )
        issuers = [_issuer(SELF_SIGNED, {"selfSigned": {}})]
        if self.acme:
            issuers.append(_issuer(ACME, {"acme": _acme(self.acme)}))
        accepts = platform_object(GROUP, "Issuer", "ready", NAME, of=NAME, spec={"selfSigned": {}})
        return Unit(name=NAME, namespace=Namespace(name=NAME), charts=(chart,), objects=tuple(issuers), accepts=accepts)


def _issuer(name: str, spec: dict[str, Any]) -> KubernetesObject:
    return platform_object(GROUP, "ClusterIssuer", name, of=NAME, spec=spec)


def _acme(chosen: Acme) -> dict[str, Any]:
    return {
        "email": chosen.email,
        "server": DIRECTORIES[chosen.directory],
        "privateKeySecretRef": {"name": f"{ACME}-account"},
        "solvers": [{"http01": {"ingress": {"ingressClassName": chosen.ingress_class}}}],
    }


def _values(production: bool) -> dict[str, Any]:
    # Autopilot nodes of GKE refuse a lease in kube-system; here it is as good.
    values: dict[str, Any] = {
        "crds": {"enabled": True, "keep": True},
        "global": {"leaderElection": {"namespace": NAME}},
        "startupapicheck": {"resources": reserved("10m", "64Mi")},
    }
    for component, (key, resources) in PARTS.items():
        part = {"resources": resources, **(_available(component) if production else {})}
        values = merged(values, {key: part} if key else part)
    return values


def _available(component: str) -> dict[str, Any]:
    """Two replicas on two machines, of which a drained node takes one."""
    pods = {"app.kubernetes.io/instance": NAME, "app.kubernetes.io/component": component}
    return {
        "replicaCount": 2,
        "podDisruptionBudget": {"enabled": True},
        "topologySpreadConstraints": [spread(pods)],
    }


def _image(name: str, path: str) -> ChartImage:
    return ChartImage(image=f"quay.io/jetstack/{name}:{VERSION}", paths={f"{path}.repository": "{repository}"})
