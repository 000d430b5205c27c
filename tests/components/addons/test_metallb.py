from typing import Any

import pytest
from pydantic import ValidationError

from components.addons.metallb import Metallb
from components.clusters.k3d import K3d
from components.context import Context, Conventions, Traits
from components.environment import Environment
from components.errors import Invalid
from tests.components.addons.charts import known

NETWORK = Context(traits=Traits(node_network="172.25.0.0/16"))


def refusal(context: Context, **choices: Any) -> str:
    with pytest.raises(Invalid) as error:
        list(Environment(addons=(Metallb(**choices),)).units(context))
    return str(error.value)


def test_it_gives_out_what_it_is_told() -> None:
    pool, _ = Metallb(addresses=("172.25.1.1-172.25.1.100", "172.25.2.0/28")).unit(NETWORK).objects
    assert pool["spec"]["addresses"] == ["172.25.1.1-172.25.1.100", "172.25.2.0/28"]


def test_it_needs_no_word_where_the_network_is_known() -> None:
    (unit,) = Environment(addons=(Metallb(),)).units(Context(traits=K3d.Spec().traits))
    assert unit.objects[0]["spec"]["addresses"] == ["172.25.255.155-172.25.255.254"]


def test_the_pool_is_announced() -> None:
    pool, advertisement = Metallb().unit(NETWORK).objects
    assert advertisement["spec"]["ipAddressPools"] == [pool["metadata"]["name"]]


def test_it_is_ready_once_its_webhook_takes_the_pool() -> None:
    unit = Metallb().unit(NETWORK)
    assert unit.accepts == unit.objects[0]


def test_nothing_of_frr_runs() -> None:
    (chart,) = Metallb().unit(NETWORK).charts
    assert chart.values["frrk8s"] == {"enabled": False}
    assert known(chart).defaults["speaker"]["frr"]["enabled"] is False, "by default, and not said again"
    assert not any("frr" in each.image for each in chart.images)


def test_its_speakers_may_use_the_network_of_the_nodes() -> None:
    assert Metallb().unit(NETWORK).namespace.pod_security == "privileged"


def test_a_laptop_reserves_less() -> None:
    laptop = Context(traits=NETWORK.traits, conventions=Conventions(profile="laptop"))
    values = [Metallb().unit(context).charts[0].values for context in (laptop, NETWORK)]
    assert [each["speaker"]["resources"]["requests"]["memory"] for each in values] == ["48Mi", "96Mi"]
    assert values[0].keys() == values[1].keys()


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        (["172.25.1.100-172.25.1.1"], "ends before it starts. Swap its ends"),
        (["172.25.1.1"], "must be two IPv4 addresses such as 172.25.1.1-172.25.1.100, or a network"),
        (["172.25.1.1/16"], "must be two IPv4 addresses"),
        (["172.25.1.1-172.25.1.300"], "must be two IPv4 addresses"),
        (["fc00::1-fc00::9"], "must be two IPv4 addresses"),
        (["10.0.0.1-10.0.0.9", "10.0.0.9-10.0.0.12"], "10.0.0.1-10.0.0.9 and 10.0.0.9-10.0.0.12 overlap. Join them"),
    ],
)
def test_what_is_no_pool_is_refused(addresses: list[str], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        Metallb.model_validate({"addresses": addresses})
    assert message in str(error.value)


def test_a_pool_outside_the_network_of_the_nodes_is_refused() -> None:
    message = refusal(NETWORK, addresses=("172.25.1.1-172.25.1.9", "192.168.1.1-192.168.1.9"))
    fact = "addons.metallb.addresses[1]: 192.168.1.1-192.168.1.9 is not within the network of the nodes, 172.25.0.0/16"
    assert message == f"{fact}. Choose some of it, or leave them out to take those at its top"


def test_it_is_refused_where_the_cluster_gives_addresses_itself() -> None:
    message = refusal(Context(traits=Traits(load_balancer=True)))
    fact = "addons.metallb: this cluster gives Services of type LoadBalancer their addresses by itself"
    assert message == f"{fact}. Leave it out"


def test_addresses_must_be_said_where_nobody_knows_the_network() -> None:
    assert "the network of the nodes is not known. Say some" in refusal(Context())
    (unit,) = Environment(addons=(Metallb(addresses=("10.0.0.1-10.0.0.9",)),)).units(Context())
    assert unit.objects[0]["spec"]["addresses"] == ["10.0.0.1-10.0.0.9"]
