"""One model of Triton, with what its config.pbtxt says.

https://github.com/triton-inference-server/common/blob/main/protobuf/model_config.proto
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from components.checked import Checked
from components.errors import Mistake
from components.location.uri import location
from components.model import Format, Model
from components.text_proto import Name, entries
from components.triton.tensors import Tensors, configs
from components.values import Value, Whole

FILES: dict[Format, str] = {
    "onnx": "model.onnx",
    "openvino": "model.xml",
    "python": "model.py",
    "pytorch": "model.pt",
    "tensorrt": "model.plan",
}
"""What a backend opens in the folder of a version."""
Size = Annotated[Whole, Field(ge=1)]


class Instances(Value):
    """`count` copies of the model that compute at once: on the CPU, or on each of `gpus`."""

    count: Size = 1
    kind: Literal["auto", "cpu", "gpu", "model"] = "auto"
    gpus: tuple[Annotated[Whole, Field(ge=0)], ...] = ()

    @model_validator(mode="after")
    def _gpus_of_gpu(self) -> Self:
        if self.gpus and self.kind != "gpu":
            raise ValueError(f"gpus are those of kind gpu, not {self.kind}. Change the kind, or leave gpus out")
        return self

    def config(self) -> dict[str, Any]:
        return {"count": self.count, "kind": Name(f"KIND_{self.kind.upper()}"), "gpus": self.gpus}


class DynamicBatching(Value):
    """Requests that arrive together are computed together."""

    preferred_batch_size: tuple[Size, ...] = ()
    max_queue_delay_microseconds: Whole = Field(default=0, ge=0)
    preserve_ordering: bool = False


class TritonModel(Checked, Model):
    """A model file, or the folder of one version. With `as_directory` it is a whole model directory of Triton's own
    layout, with versions and a config.pbtxt, of which nothing else is said here."""

    as_directory: bool = False
    max_batch_size: Whole = Field(default=0, ge=0)
    """Rows that one computation takes at most; 0 where tensors have no dimension for them."""
    inputs: Tensors = {}
    outputs: Tensors = {}
    instances: tuple[Instances, ...] = ()
    dynamic_batching: DynamicBatching | None = None
    parameters: dict[str, str] = {}
    """What its backend lets one choose."""

    def _refusals(self) -> Iterator[Mistake]:
        said = (self.model_fields_set & TritonModel.__annotations__.keys()) - {"as_directory"}
        for field in sorted(said) if self.as_directory else ():
            yield Mistake((field,), "is what its own config.pbtxt says. Say it there, or leave as_directory out")
        if self.format in ("pytorch", "python") and not (self.as_directory or (self.inputs and self.outputs)):
            yield Mistake((), f"a {self.format} model does not say its tensors itself. Give inputs and outputs")
        if (batching := self.dynamic_batching) and not self.max_batch_size:
            yield Mistake(("dynamic_batching",), "gathers rows, and max_batch_size is 0. Raise that, or leave this out")
        if batching and max(batching.preferred_batch_size, default=0) > self.max_batch_size:
            path = ("dynamic_batching", "preferred_batch_size")
            yield Mistake(path, f"is above max_batch_size {self.max_batch_size}. Lower it")

    @property
    def is_file(self) -> bool:
        """Whether it is one file, rather than a folder."""
        if self.artefact:
            return not self.artefact.path.is_dir()
        return PurePosixPath(location(str(self.uri)).path).suffix == PurePosixPath(FILES[self.format]).suffix

    @property
    def wants_gpu(self) -> bool:
        """Whether it cannot compute on a CPU."""
        return self.format == "tensorrt" or any(each.kind == "gpu" for each in self.instances)

    def config(self, name: str, backend: str) -> dict[str, Any]:
        """Its config.pbtxt, being called `name`."""
        batching = self.dynamic_batching.model_dump(exclude_defaults=True) if self.dynamic_batching else None
        parameters = {key: {"string_value": value} for key, value in self.parameters.items()}
        return {
            "name": name,
            "backend": backend,
            "max_batch_size": self.max_batch_size,
            "input": configs(self.inputs),
            "output": configs(self.outputs),
            "instance_group": [each.config() for each in self.instances],
            "dynamic_batching": batching,
            "parameters": entries(parameters),
        }
