import json
from ipaddress import IPv4Network
from itertools import combinations
from typing import IO

import pytest

from sandbox import SandboxError, network
from sandbox.network import PRIVATE, Ranges, choose

from .conftest import Fake


def test_the_first_free_block_is_taken() -> None:
    assert choose([]).block == IPv4Network("10.192.0.0/16")
    assert choose([IPv4Network("10.192.7.0/24")]).block == IPv4Network("10.193.0.0/16")
    assert choose([IPv4Network("10.0.0.0/8")]).block == IPv4Network("172.16.0.0/16")
    docker = [IPv4Network(f"172.{number}.0.0/16") for number in range(16, 32)]
    assert choose([IPv4Network("10.0.0.0/8"), *docker]).block == IPv4Network("198.18.0.0/16")


def test_no_free_block_is_told_with_object_fact_and_cure() -> None:
    with pytest.raises(SandboxError, match=r"^network: .*10\.192\.0\.0/10, 172\.16\.0\.0/12, .*Remove one$"):
        choose([IPv4Network(wide) for wide in PRIVATE])


def test_parts_of_a_block_do_not_overlap(ranges: Ranges) -> None:
    door, void = IPv4Network((int(ranges.block[0]), 30)), IPv4Network((int(ranges.block[4]), 30))
    parts = [door, void, ranges.pods, ranges.services]
    assert all(part.subnet_of(ranges.block) for part in parts)
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))
    assert {ranges.host, ranges.node} == set(door.hosts())
    assert ranges.dns in ranges.services
    assert ranges.dns != ranges.services[1]
    assert ranges.pods.num_addresses > 200


def test_routes_that_stand_for_a_default_route_take_nothing(fake: Fake, log: IO[str]) -> None:
    routes = ["default", "0.0.0.0/1", "128.0.0.0/1", "10.1.2.0/24", "10.192.0.9", "127.0.0.0/8"]
    fake("ip", f"echo '{json.dumps([{'dst': route} for route in routes])}'")
    found = network._routes(log)
    assert found == [IPv4Network(route) for route in ("10.1.2.0/24", "10.192.0.9/32", "127.0.0.0/8")]
    assert choose(found).block == IPv4Network("10.193.0.0/16")


def test_a_command_runs_in_the_sandboxs_own_network() -> None:
    assert network.inside("ip", "link") == ["nsenter", "--net=/run/netns/slipway-test", "ip", "link"]


def test_a_machine_without_a_sandbox_or_any_tool_has_nothing_to_remove(fake: Fake, log: IO[str]) -> None:
    assert network.pids() == []
    network.remove(log)
    log.seek(0)
    assert log.read() == ""


def test_a_chosen_block_is_kept_and_what_is_complete_is_left_alone(ranges: Ranges, fake: Fake, log: IO[str]) -> None:
    fake("ip", "exit 0")
    fake("nsenter", 'shift; [ "$*" = "ip route get 192.0.2.1" ]')
    assert network.create().run(log) == f"there: {ranges.block}"


def test_what_was_left_half_made_is_made_anew_and_its_way_in_comes_last(
    ranges: Ranges, fake: Fake, log: IO[str]
) -> None:
    fake("ip", "exit 0")
    fake("nsenter", '[ "$4" != get ]')
    assert network.create().run(log) == f"{ranges.block}, no way out"
    log.seek(0)
    printed = log.read()
    made = [line.partition("slipway-test ")[2] for line in printed.splitlines() if "nsenter" in line]
    assert made[-1] == f"ip route add default via {ranges.block[6]} dev {network.NOWHERE}"
    refused = [line for line in made if line.startswith("iptables")]
    assert [line.split()[3] for line in refused] == ["OUTPUT", "FORWARD"]
    assert all(f"-o {network.INSIDE} " in line and line.endswith("NEW -j REJECT") for line in refused)
