"""What goes into a model of Triton, and what comes out of it."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from components.text_proto import Name
from components.values import Value, Whole

DataType = Literal[
    "BF16",
    "BOOL",
    "BYTES",
    "FP16",
    "FP32",
    "FP64",
    "INT16",
    "INT32",
    "INT64",
    "INT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "UINT8",
]
"""As requests of the Open Inference protocol spell it."""
TensorName = Annotated[str, StringConstraints(pattern=r"^\S+$")]


class Tensor(Value):
    """Its type, and its shape without the dimension of batches; -1 is any length."""

    datatype: DataType
    shape: Annotated[tuple[Annotated[Whole, Field(ge=-1)], ...], Field(min_length=1)]

    def config(self, name: str) -> dict[str, Any]:
        """As a model's configuration spells it."""
        kind = "STRING" if self.datatype == "BYTES" else self.datatype
        return {"name": name, "data_type": Name(f"TYPE_{kind}"), "dims": self.shape}


Tensors = dict[TensorName, Tensor]
"""By name; models whose files name their inputs in order, and not by name, take them in this order."""


def configs(tensors: Tensors) -> list[dict[str, Any]]:
    """Of each, as a model's configuration spells it."""
    return [tensor.config(name) for name, tensor in tensors.items()]
