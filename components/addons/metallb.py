"""MetalLB: addresses for Services of type LoadBalancer, where no cloud gives them any."""

from collections.abc import Iterator
from typing import Any

from pydantic import field_validator

from components.addon import Addon
from components.address_range import AddressRange, lies_in, overlapping, top_of
from components.context import Context, Profile
from components.errors import Mistake
from components.objects import platform_object, reserved
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit

NAME = "metallb"
NAMESPACE = "metallb-system"
VERSION = "0.16.1"
POOL = "ip-pool"
POOL_SIZE = 100
RESOURCES: dict[Profile, dict[str, Any]] = {
    "laptop": reserved("10m", "48Mi", "128Mi"),
    "production": reserved("50m", "96Mi", "256Mi"),
}


class Metallb(Addon):
    """Answers for `addresses` on the nodes' own network (layer 2).

    They must be of that network and nobody else's; where it is known, none takes the addresses at its top.
    """

    addresses: tuple[AddressRange, ...] = ()

    @field_validator("addresses")
    @classmethod
    def _apart(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        if found := overlapping(addresses):
            raise ValueError(found[0])
        return addresses

    def claims(self, context: Context) -> tuple[str, ...]:
        return ("load balancer",)

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        network = context.traits.node_network
        if context.traits.load_balancer:
            fact = "this cluster gives Services of type LoadBalancer their addresses by itself"
            yield Mistake((), f"{fact}. Leave it out")
        elif not self._pool(context):
            cure = "Say some that nobody else gives away, such as 192.168.1.200-192.168.1.250"
            yield Mistake(("addresses",), f"the network of the nodes is not known. {cure}")
        for number, each in enumerate(self.addresses):
            if network and not lies_in(each, network):
                cure = "Choose some of it, or leave them out to take those at its top"
                fact = f"{each} is not within the network of the nodes, {network}"
                yield Mistake(("addresses", number), f"{fact}. {cure}")

    def unit(self, context: Context) -> Unit:
        pool = _object("IPAddressPool", POOL, {"addresses": self._pool(context)})
        advertisement = _object("L2Advertisement", "l2advertise", {"ipAddressPools": [POOL]})
        namespace = Namespace(name=NAMESPACE, pod_security="privileged")
        charts = (_chart(context.conventions.profile),)
        return Unit(name=NAME, namespace=namespace, charts=charts, objects=(pool, advertisement), accepts=pool)

    def _pool(self, context: Context) -> list[str]:
        network = context.traits.node_network
        return list(self.addresses) or ([top_of(network, POOL_SIZE)] if network else [])


def _chart(profile: Profile) -> Chart:
    """Without FRR, which only BGP needs."""
    return Chart(
        name=NAME,
        repository="https://metallb.github.io/metallb",
        version=VERSION,
        release=NAME,
        values={
            "frrk8s": {"enabled": False},
            "controller": {"priorityClassName": "system-cluster-critical", "resources": RESOURCES[profile]},
            "speaker": {"priorityClassName": "system-node-critical", "resources": RESOURCES[profile]},
        },
        images=tuple(map(_image, ("controller", "speaker"))),
    )


def _image(part: str) -> ChartImage:
    paths = {f"{part}.image.repository": "{repository}", f"{part}.image.tag": "{tag}"}
    return ChartImage(image=f"quay.io/metallb/{part}:v{VERSION}", paths=paths)


def _object(kind: str, name: str, spec: dict[str, Any]) -> KubernetesObject:
    return platform_object("metallb.io/v1beta1", kind, name, NAMESPACE, of=NAME, spec=spec)
