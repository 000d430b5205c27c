"""The Gateway API's definitions: Gateway, HTTPRoute and their kin, which a mesh or a gateway then carries out."""

from collections.abc import Iterator

from components.addon import Addon
from components.context import Context
from components.unit import Chart, Namespace, Unit

NAME = "gateway-api"
BUNDLE = "v1.6.1"
CHART = "v1.9.0"
"""The release of Envoy Gateway whose chart has exactly this bundle; the project itself publishes no chart."""


class GatewayApi(Addon):
    """Version 1.6.1, of the standard channel; nothing of Envoy's."""

    def mistakes(self, context: Context) -> Iterator[str]:
        if context.traits.gateway_api:
            yield "this cluster brings the definitions of the Gateway API. Leave it out"

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name="gateway-crds-helm",
            repository="oci://docker.io/envoyproxy",
            version=CHART,
            release=NAME,
            values={"crds": {"gatewayAPI": {"enabled": True, "channel": "standard"}}},
            piecewise=True,
        )
        return Unit(name=NAME, namespace=Namespace(name=NAME), charts=(chart,))
