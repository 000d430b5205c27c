from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.gcp.addresses import Link, NewNetwork
from components.node_pool import NodePool


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pods": "10.0.0.0/14"}, "nodes 10.0.0.0/20 and pods 10.0.0.0/14 overlap. Choose another network for one"),
        ({"services": "10.4.1.0/24"}, "pods 10.4.0.0/14 and services 10.4.1.0/24 overlap"),
        ({"nodes": "8.8.0.0/20"}, "nodes 8.8.0.0/20 are not private addresses. Choose a part of 10.0.0.0/8, "),
        ({"services": "10.8.0.0/28"}, "services 10.8.0.0/28 is too small. Use /27 or larger"),
        ({"nodes": "10.0.0.1/20"}, "must be an IPv4 network such as 10.0.0.0/16: 10.0.0.1/20 has host bits set"),
    ],
)
def test_ranges_that_cannot_be_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NewNetwork.model_validate(wrong)
    assert message in str(caught.value)


@given(nodes=st.integers(20, 31), pods=st.integers(14, 28), most=st.integers(1, 300))
def test_there_is_room_for_every_machine_and_one_more_or_it_is_refused(nodes: int, pods: int, most: int) -> None:
    network = NewNetwork(nodes=f"10.0.0.0/{nodes}", pods=f"10.4.0.0/{pods}")
    fits = most + 1 <= 2 ** (32 - nodes) - 4 and (most + 1) * 256 <= 2 ** (32 - pods)
    pool = NodePool(name="a", machine="e2-standard-4", max=most)
    if fits:
        network.check_room([pool])
    else:
        with pytest.raises(ValueError, match=f"machines, and the pools may have {most + 1} while they upgrade. Use"):
            network.check_room([pool])


@pytest.mark.parametrize("link", ["shared", "projects/host-1/global/networks/shared"])
def test_a_network_is_a_name_or_a_path(link: str) -> None:
    assert TypeAdapter(Link).validate_python(link) == link


@pytest.mark.parametrize("link", ["", "Shared", "networks/shared", "https://www.googleapis.com/x", "-a", "a" * 64])
def test_what_is_neither_is_refused(link: str) -> None:
    with pytest.raises(ValidationError, match="must be a name, or projects/PROJECT/global/networks/NAME"):
        TypeAdapter(Link).validate_python(link)
