"""What an EC2 instance type is: its architecture by its name's grammar, its GPUs by a table.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html and .../ac.html beside it.
"""

import re
from typing import Annotated

from pydantic import AfterValidator

from components.node_pool import Gpu, NodePool

_TYPE = re.compile(
    r"(?P<family>(?P<series>[a-z]+)\d+(?P<options>[a-z]*)(-[a-z0-9]+)?)"
    r"\.(?P<size>nano|micro|small|medium|\d*xlarge|large|metal(-\d+xl)?)"
)

_ONE = dict.fromkeys(("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"), 1)
_FOUR_TO_EIGHT = _ONE | {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8}
GPUS: dict[str, tuple[str, dict[str, int]]] = {
    "g4dn": ("t4", _ONE | {"12xlarge": 4, "metal": 8}),
    "g5": ("a10g", _FOUR_TO_EIGHT),
    "g6": ("l4", _FOUR_TO_EIGHT),
    "g6e": ("l40s", _FOUR_TO_EIGHT),
    "p4d": ("a100", {"24xlarge": 8}),
    "p4de": ("a100", {"24xlarge": 8}),
    "p5": ("h100", {"4xlarge": 1, "48xlarge": 8}),
    "p5e": ("h200", {"48xlarge": 8}),
    "p5en": ("h200", {"48xlarge": 8}),
    "p6-b200": ("b200", {"48xlarge": 8}),
}
"""Family to its GPU, and how many of it each size has: those that the EKS image with NVIDIA's driver serves."""

_ACCELERATED = ("g", "gr", "p", "inf", "trn", "dl", "vt", "f")
"""The series that are bought for a device; whose family is not in GPUS has one that no add-on serves."""


def checked(pool: NodePool) -> NodePool:
    """The pool. Raises ValueError where its machine type is none, or is not what the pool says."""
    match = _TYPE.fullmatch(pool.machine)
    if not match:
        raise ValueError(f"machine {pool.machine!r} is no EC2 instance type. Write it as m7i.large")
    architecture = "arm64" if "g" in match["options"] or match["family"] == "a1" else "amd64"
    if pool.architecture != architecture:
        message = f"machine {pool.machine!r} is {architecture}, and the pool is {pool.architecture}"
        raise ValueError(f"{message}. Say architecture: {architecture}")
    _check_gpu(pool, match["series"], match["family"], match["size"])
    return pool


def _check_gpu(pool: NodePool, series: str, family: str, size: str) -> None:
    product, sizes = GPUS.get(family, ("", {}))
    found = Gpu(type=product, count=sizes[size]) if size in sizes else None
    if not found and (family in GPUS or series in _ACCELERATED):
        raise ValueError(f"machine {pool.machine!r} is not served. With GPUs there are {', '.join(sorted(GPUS))}")
    if found != pool.gpu:
        cure = f"Say gpu: {{type: {found.type}, count: {found.count}}}" if found else "Remove gpu, or use g6.xlarge"
        raise ValueError(f"machine {pool.machine!r} has {_said(found)}, and the pool says {_said(pool.gpu)}. {cure}")


def _said(gpu: Gpu | None) -> str:
    return f"{gpu.count} x {gpu.type}" if gpu else "no GPU"


Pool = Annotated[NodePool, AfterValidator(checked)]

_QUOTAS = {
    ("g", False): "Running On-Demand G and VT instances (L-DB2E81BA)",
    ("p", False): "Running On-Demand P instances (L-417A185B)",
    ("", False): "Running On-Demand Standard instances (L-1216C47A)",
    ("g", True): "All G and VT Spot Instance Requests (L-3819A6DF)",
    ("p", True): "All P Spot Instance Requests (L-7212CCBC)",
    ("", True): "All Standard Spot Instance Requests (L-34B43A08)",
}
"""By series and spot; a new account's is 0 for G and P. https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html"""


def quota(pool: NodePool) -> str:
    """The quota of EC2 that its machines' vCPUs count against."""
    return _QUOTAS[pool.machine[0] if pool.gpu else "", pool.spot]
