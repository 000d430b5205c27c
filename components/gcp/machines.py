"""Which machines Compute Engine has: https://cloud.google.com/compute/docs/machine-resource and .../docs/gpus."""

import re
from typing import NamedTuple

from components.errors import nearest
from components.node_pool import Architecture, NodePool

PERSISTENT, HYPERDISK = "pd-balanced", "hyperdisk-balanced"


class Family(NamedTuple):
    """What the machines of a family share; `boot_disk` is the balanced type that they boot from."""

    architecture: Architecture
    boot_disk: str


FAMILIES: dict[str, Family] = {
    **dict.fromkeys(
        ["a2", "a3", "c2", "c2d", "c3", "c3d", "e2", "g2", "h3", "m1", "m2", "m3", "n1", "n2", "n2d", "t2d", "z3"],
        Family("amd64", PERSISTENT),
    ),
    **dict.fromkeys(["a4", "c4", "c4d", "g4", "m4", "n4", "n4d"], Family("amd64", HYPERDISK)),
    **dict.fromkeys(["a4x", "c4a", "n4a"], Family("arm64", HYPERDISK)),
    "t2a": Family("arm64", PERSISTENT),
}
_SIZE = re.compile(r"[a-z]+(-[a-z]+)*(-\d+[a-z]*)*(-[a-z]+)*")

_BUILT_IN: dict[str, dict[str, int]] = {
    "nvidia-tesla-a100": {
        **{f"a2-highgpu-{count}g": count for count in (1, 2, 4, 8)},
        "a2-megagpu-16g": 16,
    },
    "nvidia-a100-80gb": {f"a2-ultragpu-{count}g": count for count in (1, 2, 4, 8)},
    "nvidia-h100-80gb": {**{f"a3-highgpu-{count}g": count for count in (1, 2, 4, 8)}, "a3-edgegpu-8g": 8},
    "nvidia-h100-mega-80gb": {"a3-megagpu-8g": 8},
    "nvidia-h200-141gb": {"a3-ultragpu-8g": 8},
    "nvidia-b200": {"a4-highgpu-8g": 8},
    "nvidia-gb200": {"a4x-highgpu-4g": 4},
    "nvidia-l4": {
        **{f"g2-standard-{cores}": 1 for cores in (4, 8, 12, 16, 32)},
        **{f"g2-standard-{12 * count}": count for count in (2, 4, 8)},
    },
    "nvidia-rtx-pro-6000": {f"g4-standard-{48 * count}": count for count in (1, 2, 4, 8)},
}
_FOR_N1: dict[str, tuple[int, ...]] = {
    "nvidia-tesla-p4": (1, 2, 4),
    "nvidia-tesla-p100": (1, 2, 4),
    "nvidia-tesla-t4": (1, 2, 4),
    "nvidia-tesla-v100": (1, 2, 4, 8),
}


def boot_disk(machine: str) -> str:
    """The type of disk that a machine boots from."""
    return FAMILIES[_family(machine)].boot_disk


def gpus(machine: str) -> dict[str, tuple[int, ...]]:
    """Each type of GPU that a machine can have, and how many of it."""
    if _family(machine) == "n1":
        return _FOR_N1
    return {gpu: (machines[machine],) for gpu, machines in _BUILT_IN.items() if machine in machines}


def has_own_gpus(machine: str) -> bool:
    """Whether its GPUs are part of the machine, and of its price."""
    return bool(gpus(machine)) and _family(machine) != "n1"


def check(pool: NodePool) -> None:
    """Raises ValueError where a pool asks for a machine that there is not, or for what its machine has not."""
    family, _, size = pool.machine.partition("-")
    if family not in FAMILIES or not _SIZE.fullmatch(size):
        cure = nearest(family, FAMILIES) if family not in FAMILIES else f"Name its size, such as {family}-standard-4"
        raise ValueError(f"node pool {pool.name!r}: {pool.machine!r} is no machine type of Google Cloud. {cure}")
    if (actual := FAMILIES[family].architecture) != pool.architecture:
        fact = f"node pool {pool.name!r}: {pool.machine} is {actual}, not {pool.architecture}"
        raise ValueError(f"{fact}. Say `architecture: {actual}`, or choose another machine")
    _check_gpus(pool, gpus(pool.machine))


def _check_gpus(pool: NodePool, offered: dict[str, tuple[int, ...]]) -> None:
    place = f"node pool {pool.name!r}: {pool.machine}"
    if pool.gpu and not offered:
        raise ValueError(f"{place} has no GPU. Remove gpu, or choose another machine, such as g2-standard-4")
    if pool.gpu and pool.gpu.count not in offered.get(pool.gpu.type, ()):
        known = "; ".join(f"{gpu}: {' or '.join(map(str, counts))}" for gpu, counts in offered.items())
        raise ValueError(f"{place} cannot have {pool.gpu.count} {pool.gpu.type}. Choose among {known}")
    if not pool.gpu and has_own_gpus(pool.machine):
        ((gpu, (count,)),) = offered.items()
        raise ValueError(f"{place} has GPUs. Say `gpu: {{type: {gpu}, count: {count}}}`, or choose another machine")


def _family(machine: str) -> str:
    return machine.partition("-")[0]
