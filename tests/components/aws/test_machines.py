from typing import Any

import pytest
from pulumi_aws.ec2 import InstanceType

from components.aws.machines import _TYPE, GPUS, checked, quota
from components.node_pool import Architecture, Gpu, NodePool

NO_NODES = ("mac", "u-")
"""Series that are no machines for a cluster's nodes."""


def pool(machine: str, **chosen: Any) -> NodePool:
    return NodePool(name="pool", machine=machine, **chosen)


def test_the_grammar_reads_every_type_that_the_provider_knows() -> None:
    unread = {each.value for each in InstanceType if not _TYPE.fullmatch(each.value)}
    assert not {machine for machine in unread if not machine.startswith(NO_NODES)}


@pytest.mark.parametrize("family", GPUS)
def test_the_machines_with_gpus_are_ones_that_the_provider_knows(family: str) -> None:
    known = {each.value for each in InstanceType}
    assert {f"{family}.{size}" for size in GPUS[family][1]} <= known


@pytest.mark.parametrize("family", GPUS)
def test_no_size_of_a_family_with_gpus_is_forgotten(family: str) -> None:
    known = {each.value for each in InstanceType if each.value.startswith(f"{family}.")}
    assert known == {f"{family}.{size}" for size in GPUS[family][1]}


@pytest.mark.parametrize(
    ("machine", "architecture"),
    [
        *(("m7i.large", "amd64"), ("m7i-flex.large", "amd64"), ("c6a.xlarge", "amd64"), ("t3.medium", "amd64")),
        *(("m7g.large", "arm64"), ("c7gn.xlarge", "arm64"), ("r6gd.metal", "arm64"), ("a1.large", "arm64")),
        *(("im4gn.large", "arm64"), ("is4gen.large", "arm64"), ("x2iedn.xlarge", "amd64"), ("m8i.96xlarge", "amd64")),
    ],
)
def test_the_architecture_follows_from_the_name(machine: str, architecture: Architecture) -> None:
    other: Architecture = "amd64" if architecture == "arm64" else "arm64"
    assert checked(pool(machine, architecture=architecture)).machine == machine
    with pytest.raises(ValueError, match=f"is {architecture}, and the pool is {other}. Say architecture"):
        checked(pool(machine, architecture=other))


def test_a_pool_says_the_gpus_that_its_machine_has() -> None:
    for family, (product, sizes) in GPUS.items():
        for size, count in sizes.items():
            assert checked(pool(f"{family}.{size}", gpu=Gpu(type=product, count=count))).gpu


@pytest.mark.parametrize(
    ("machine", "gpu", "message"),
    [
        ("m7i.large", Gpu(type="l4"), "'m7i.large' has no GPU, and the pool says 1 x l4. Remove gpu, or use g6.xlarge"),
        ("g6.xlarge", None, "has 1 x l4, and the pool says no GPU. Say gpu: {type: l4, count: 1}"),
        ("g6.12xlarge", Gpu(type="l4"), "has 4 x l4, and the pool says 1 x l4. Say gpu: {type: l4, count: 4}"),
        ("g5.xlarge", Gpu(type="l4"), "has 1 x a10g, and the pool says 1 x l4. Say gpu: {type: a10g, count: 1}"),
        ("g4ad.xlarge", Gpu(type="v520"), "'g4ad.xlarge' is not served. With GPUs there are g4dn, g5, g6"),
        ("g6.large", Gpu(type="l4"), "'g6.large' is not served"),
        ("trn1.2xlarge", None, "'trn1.2xlarge' is not served"),
        ("m7i-large", None, "'m7i-large' is no EC2 instance type. Write it as m7i.large"),
        ("m7i.larg", None, "is no EC2 instance type"),
        ("Standard_D4s_v5", None, "is no EC2 instance type"),
    ],
)
def test_a_machine_that_is_not_what_the_pool_says_is_refused(machine: str, gpu: Gpu | None, message: str) -> None:
    with pytest.raises(ValueError, match="machine") as caught:
        checked(pool(machine, gpu=gpu))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"machine": "m7i.large"}, "L-1216C47A"),
        ({"machine": "m7i.large", "spot": True}, "L-34B43A08"),
        ({"machine": "g6.xlarge", "gpu": {"type": "l4"}}, "L-DB2E81BA"),
        ({"machine": "p5.4xlarge", "gpu": {"type": "h100"}, "spot": True}, "L-7212CCBC"),
    ],
)
def test_every_pool_counts_against_a_quota(chosen: dict[str, Any], code: str) -> None:
    assert code in quota(NodePool.model_validate({"name": "pool", **chosen}))
