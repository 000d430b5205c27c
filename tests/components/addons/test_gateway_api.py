from components.addons.gateway_api import GatewayApi
from components.context import Context, Traits


def test_it_brings_the_standard_channel_and_nothing_of_envoys() -> None:
    (chart,) = GatewayApi().unit(Context()).charts
    assert (chart.name, chart.version) == ("gateway-crds-helm", "v1.9.0")
    assert chart.values == {"crds": {"gatewayAPI": {"enabled": True, "channel": "standard"}}}
    assert chart.images == ()


def test_it_exceeds_what_helm_can_keep_of_a_release() -> None:
    (chart,) = GatewayApi().unit(Context()).charts
    assert chart.piecewise


def test_where_a_cluster_brings_them_it_is_left_out() -> None:
    assert list(GatewayApi().mistakes(Context())) == []
    assert list(GatewayApi().mistakes(Context(traits=Traits(gateway_api=True)))) == [
        ((), "this cluster brings the definitions of the Gateway API. Leave it out, or say gateway_class")
    ]
