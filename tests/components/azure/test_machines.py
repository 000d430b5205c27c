import pytest

from components.azure.machines import machine, os_disk
from components.node_pool import Gpu, NodePool


@pytest.mark.parametrize(
    ("size", "cpus", "architecture", "gpu", "scratch"),
    [
        ("Standard_D4ds_v5", 4, "amd64", None, 150),
        ("Standard_D2ads_v5", 2, "amd64", None, 75),
        ("Standard_E8pds_v5", 8, "arm64", None, 300),
        ("Standard_D4s_v5", 4, "amd64", None, 0),
        ("Standard_D4ds_v6", 4, "amd64", None, 0),
        ("Standard_E96-48ds_v5", 96, "amd64", None, 3600),
        ("Standard_NC4as_T4_v3", 4, "amd64", Gpu(type="t4"), 0),
        ("Standard_NC96ads_A100_v4", 96, "amd64", Gpu(type="a100", count=4), 0),
        ("Standard_ND96isr_H100_v5", 96, "amd64", Gpu(type="h100", count=8), 0),
    ],
)
def test_a_size_says_what_it_is(size: str, cpus: int, architecture: str, gpu: Gpu | None, scratch: int) -> None:
    assert machine(size) == (cpus, architecture, gpu, scratch)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("m7i.large", "is no size of version 3 or later"),
        ("Standard_DS2_v2", "is no size of version 3 or later"),
        ("standard_d4ds_v5", "is no size of version 3 or later"),
        ("Standard_NV6ads_A10_v5", "has GPUs that are not known here. Known: Standard_NC4as_T4_v3,"),
    ],
)
def test_what_is_no_size_for_a_pool_is_refused(size: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        machine(size)


@pytest.mark.parametrize(
    ("size", "disk_gib", "tier"),
    [
        ("Standard_D4ds_v5", 149, None),
        ("Standard_D4ds_v5", 150, "P15"),
        ("Standard_D4s_v5", 30, "P4"),
        ("Standard_D4s_v5", 128, "P10"),
        ("Standard_D4s_v5", 16384, "P70"),
    ],
)
def test_a_node_starts_from_the_machine_s_own_disk_where_that_is_large_enough(
    size: str, disk_gib: int, tier: str | None
) -> None:
    assert os_disk(NodePool(name="pool", machine=size, disk_gib=disk_gib)) == tier
