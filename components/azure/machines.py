"""What the name of a virtual machine's size says about it.

Source: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions and the pages of the GPU sizes.
"""

import re
from typing import NamedTuple

from components.node_pool import Architecture, Gpu, NodePool, Taint

_SIZE = re.compile(
    r"Standard_(?P<family>[A-Z]+)(?P<cpus>\d+)(-\d+)?(?P<features>[a-z]*)(_[A-Z]+\d+)?_v(?P<version>\d+)"
)
_POOL_NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
_GPU_FAMILIES = ("NC", "ND", "NG", "NV")
_GPUS = {
    "Standard_NC4as_T4_v3": Gpu(type="t4"),
    "Standard_NC8as_T4_v3": Gpu(type="t4"),
    "Standard_NC16as_T4_v3": Gpu(type="t4"),
    "Standard_NC64as_T4_v3": Gpu(type="t4", count=4),
    "Standard_NC24ads_A100_v4": Gpu(type="a100"),
    "Standard_NC48ads_A100_v4": Gpu(type="a100", count=2),
    "Standard_NC96ads_A100_v4": Gpu(type="a100", count=4),
    "Standard_ND96asr_v4": Gpu(type="a100", count=8),
    "Standard_ND96amsr_A100_v4": Gpu(type="a100", count=8),
    "Standard_NC40ads_H100_v5": Gpu(type="h100"),
    "Standard_NC80adis_H100_v5": Gpu(type="h100", count=2),
    "Standard_ND96isr_H100_v5": Gpu(type="h100", count=8),
}

_TIERS = {"P4": 32, "P6": 64, "P10": 128, "P15": 256, "P20": 512, "P30": 1024, "P40": 2048, "P50": 4096}
_TIERS |= {"P60": 8192, "P70": 16384}
"""Premium SSDs, in GiB. Source: https://azure.microsoft.com/pricing/details/managed-disks"""

SPOT = "kubernetes.azure.com/scalesetpriority"
"""AKS puts this label and this taint onto spot machines whether asked or not; unsaid, they would show as changes."""
SYSTEM_ONLY = Taint(key="CriticalAddonsOnly", value="true")
"""Source: https://learn.microsoft.com/azure/aks/use-system-pools"""


class Machine(NamedTuple):
    """A size; `scratch_gib` is its temporary disk, as far as it can hold the operating system."""

    cpus: int
    architecture: Architecture
    gpu: Gpu | None
    scratch_gib: int


def machine(size: str) -> Machine:
    """What a size is. Raises ValueError where it is none that a pool may have."""
    match = _SIZE.fullmatch(size)
    if not match or int(match["version"]) < 3:
        raise ValueError(f"machine {size!r} is no size of version 3 or later. Write one such as Standard_D4ds_v5")
    family, features, cpus = match["family"], match["features"], int(match["cpus"])
    if family in _GPU_FAMILIES and size not in _GPUS:
        raise ValueError(f"machine {size!r} has GPUs that are not known here. Known: {', '.join(_GPUS)}")
    has_scratch = family in ("D", "E") and "d" in features and match["version"] in ("4", "5")
    return Machine(
        cpus=cpus,
        architecture="arm64" if "p" in features else "amd64",
        gpu=_GPUS.get(size),
        scratch_gib=cpus * 75 // 2 if has_scratch else 0,
    )


def os_disk(pool: NodePool) -> str | None:
    """The tier of the managed disk that a node starts from; None where its machine has room for that."""
    if pool.disk_gib < machine(pool.machine).scratch_gib:
        return None
    return next(tier for tier, size in _TIERS.items() if pool.disk_gib <= size)


def taints(pool: NodePool) -> tuple[Taint, ...]:
    """Its own, and those that AKS gives machines of its kind."""
    spot = (Taint(key=SPOT, value="spot"),) if pool.spot else ()
    return (*pool.all_taints, *((SYSTEM_ONLY,) if pool.system else ()), *spot)


def checked(pool: NodePool) -> NodePool:
    """The pool, if AKS can have it. Raises ValueError otherwise."""
    if not _POOL_NAME.fullmatch(pool.name):
        rule = "AKS wants up to 12 lower case letters and digits, a letter first"
        raise ValueError(f"node pool {pool.name!r}: {rule}. Rename it")
    found = machine(pool.machine)
    if found.cpus < 2:
        raise ValueError(f"machine {pool.machine!r} has 1 CPU, AKS needs 2. Choose a larger one")
    if found.architecture != pool.architecture:
        cure = f"Say `architecture: {found.architecture}`, or choose another machine"
        raise ValueError(f"machine {pool.machine!r} is {found.architecture}, not {pool.architecture}. {cure}")
    if found.gpu != pool.gpu:
        has = f"{found.gpu.count} GPUs of type {found.gpu.type!r}" if found.gpu else "no GPU"
        cure = f"Say `gpu: {{type: {found.gpu.type}, count: {found.gpu.count}}}`" if found.gpu else "Remove `gpu`"
        raise ValueError(f"machine {pool.machine!r} has {has}. {cure}, or choose another machine")
    return pool
