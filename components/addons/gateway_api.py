"""The Gateway API: its definitions, and the Gateway by which HTTPRoutes of model stacks are reached."""

from collections.abc import Iterator
from typing import Any, Self

from pydantic import model_validator

from components.addon import Addon
from components.addons.istio import INGRESS_CLASS as ISTIO_CLASS
from components.addons.istio import Istio
from components.context import Context, Conventions, Gateway
from components.errors import Mistake
from components.objects import excepted, platform_object
from components.unit import Chart, KubernetesObject, Namespace, Unit
from components.values import DnsLabel

NAME = "gateway-api"
GATEWAY = "models"
GROUP = "gateway.networking.k8s.io/v1"
BUNDLE = "v1.6.1"
CHART = "v1.9.0"
"""The release of Envoy Gateway whose chart has exactly this bundle; the project itself publishes no chart."""


class GatewayApi(Addon):
    """Definitions 1.6.1, of the standard channel; nothing of Envoy's. With `gateway_class`, a Gateway as well."""

    gateway_class: DnsLabel | None = None
    """Who carries routes out: `istio`, or another class that the cluster has."""
    tls_secret: DnsLabel | None = None
    """A Secret of type kubernetes.io/tls in gateway-api: HTTPS for every host, and HTTP that leads there."""

    @model_validator(mode="after")
    def _of_a_gateway(self) -> Self:
        if self.tls_secret and not self.gateway_class:
            raise ValueError("tls_secret is a gateway's. Say gateway_class, or leave it out")
        return self

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (Istio,) if self.gateway_class == ISTIO_CLASS else ()

    def conventions(self, given: Conventions) -> Conventions:
        if not self.gateway_class:
            return given
        listener = "https" if self.tls_secret else "http"
        istio = self.gateway_class == ISTIO_CLASS
        gateway = Gateway(namespace=NAME, name=GATEWAY, listener=listener, istio=istio)
        return given.model_copy(update={"gateway": gateway})

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.traits.gateway_api and not self.gateway_class:
            fact = "this cluster brings the definitions of the Gateway API"
            yield Mistake((), f"{fact}. Leave it out, or say gateway_class")

    def unit(self, context: Context) -> Unit:
        gateway = self._gateway() if self.gateway_class else None
        redirect = [_to_https()] if self.tls_secret else []
        return Unit(
            name=NAME,
            namespace=Namespace(name=NAME),
            charts=() if context.traits.gateway_api else (_definitions(),),
            objects=(gateway, *redirect) if gateway else (),
            accepts=gateway,
        )

    def _gateway(self) -> KubernetesObject:
        listeners = [_listener("http", 80, "Same" if self.tls_secret else "All")]
        if self.tls_secret:
            tls = {"mode": "Terminate", "certificateRefs": [{"name": self.tls_secret}]}
            listeners.append({**_listener("https", 443, "All"), "tls": tls})
        opened = excepted(ingress_exposure="the door of the model stacks that say a route")
        spec = {"gatewayClassName": self.gateway_class, "listeners": listeners}
        return _object("Gateway", GATEWAY, spec=spec, metadata=opened)


def _listener(name: str, port: int, open_to: str) -> dict[str, Any]:
    allowed = {"namespaces": {"from": open_to}}
    return {"name": name, "port": port, "protocol": name.upper(), "allowedRoutes": allowed}


def _to_https() -> KubernetesObject:
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    parent = {"name": GATEWAY, "sectionName": "http"}
    spec = {"parentRefs": [parent], "rules": [{"filters": [redirect]}]}
    return _object("HTTPRoute", "to-https", spec=spec)


def _object(kind: str, name: str, **parts: Any) -> KubernetesObject:
    return platform_object(GROUP, kind, name, NAME, of=NAME, **parts)


def _definitions() -> Chart:
    return Chart(
        name="gateway-crds-helm",
        repository="oci://docker.io/envoyproxy",
        version=CHART,
        release=NAME,
        values={"crds": {"gatewayAPI": {"enabled": True, "channel": "standard"}}},
        piecewise=True,
    )
