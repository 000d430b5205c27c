import re
from typing import Any

import pytest

from components.gcp import machines
from components.node_pool import Gpu, NodePool


def pool(machine: str, **chosen: Any) -> NodePool:
    return NodePool(name="models", machine=machine, **chosen)


@pytest.mark.parametrize(
    "machine",
    [
        *("e2-standard-4", "e2-medium", "n2-custom-4-8192", "n2-custom-4-8192-ext", "e2-custom-medium-2048"),
        *("c3-standard-4-lssd", "c3-standard-192-metal", "m1-ultramem-40", "n1-standard-1", "z3-highmem-8-highlssd"),
    ],
)
def test_machines_are_known_by_family_and_size(machine: str) -> None:
    machines.check(pool(machine))


@pytest.mark.parametrize(
    ("machine", "chosen", "message"),
    [
        ("m7i.large", {}, "'m7i.large' is no machine type of Google Cloud. Known: a2, "),
        ("n22-standard-4", {}, "'n22-standard-4' is no machine type of Google Cloud. Did you mean 'n2'?"),
        ("n2", {}, "'n2' is no machine type of Google Cloud. Name its size, such as n2-standard-4"),
        ("n2-standard4", {}, "'n2-standard4' is no machine type of Google Cloud. Name its size"),
        ("c4a-standard-4", {}, "c4a-standard-4 is arm64, not amd64. Say `architecture: arm64`, or choose another"),
        ("e2-standard-4", {"architecture": "arm64"}, "e2-standard-4 is amd64, not arm64. Say `architecture: amd64`"),
        (
            "e2-standard-4",
            {"gpu": Gpu(type="nvidia-l4")},
            "e2-standard-4 has no GPU. Remove gpu, or choose another machine, such as g2-standard-4",
        ),
        (
            "g2-standard-24",
            {"gpu": Gpu(type="nvidia-l4")},
            "g2-standard-24 cannot have 1 nvidia-l4. Choose among nvidia-l4: 2",
        ),
        (
            "n1-standard-8",
            {"gpu": Gpu(type="nvidia-l4")},
            "n1-standard-8 cannot have 1 nvidia-l4. Choose among nvidia-tesla-p4: 1 or 2 or 4; nvidia-tesla-p100: 1 or",
        ),
        ("a2-highgpu-4g", {}, "a2-highgpu-4g has GPUs. Say `gpu: {type: nvidia-tesla-a100, count: 4}`, or choose"),
    ],
)
def test_what_a_machine_is_not_or_has_not_is_refused(machine: str, chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"node pool 'models': {message}")):
        machines.check(pool(machine, **chosen))


@pytest.mark.parametrize(
    ("machine", "gpu", "own"),
    [
        ("g2-standard-4", Gpu(type="nvidia-l4"), True),
        ("g2-standard-96", Gpu(type="nvidia-l4", count=8), True),
        ("g4-standard-384", Gpu(type="nvidia-rtx-pro-6000", count=8), True),
        ("a2-megagpu-16g", Gpu(type="nvidia-tesla-a100", count=16), True),
        ("a3-ultragpu-8g", Gpu(type="nvidia-h200-141gb", count=8), True),
        ("n1-standard-8", Gpu(type="nvidia-tesla-t4", count=2), False),
        ("n1-standard-8", None, False),
    ],
)
def test_gpus_are_part_of_a_machine_or_added_to_one(machine: str, gpu: Gpu | None, own: bool) -> None:
    machines.check(pool(machine, gpu=gpu))
    assert machines.has_own_gpus(machine) is own


@pytest.mark.parametrize(
    ("machine", "disk"),
    [("e2-standard-4", "pd-balanced"), ("n4-standard-4", "hyperdisk-balanced"), ("t2a-standard-1", "pd-balanced")],
)
def test_newer_machines_boot_from_hyperdisk_alone(machine: str, disk: str) -> None:
    assert machines.boot_disk(machine) == disk
