"""How TensorFlow Serving gathers requests into one computation.

https://github.com/tensorflow/serving/blob/2.20.0/tensorflow_serving/servables/tensorflow/session_bundle_config.proto
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from components.values import Value, Whole

Size = Annotated[Whole, Field(ge=1)]


class Batching(Value):
    """Of all its models; what is not said, the server chooses."""

    max_batch_size: Size
    batch_timeout_micros: Whole | None = Field(default=None, ge=0)
    """How long a request waits for others."""
    max_enqueued_batches: Size | None = None
    """What is more is refused, with status 503."""
    num_batch_threads: Size | None = None
    allowed_batch_sizes: tuple[Size, ...] = ()
    """Smaller batches are filled up to one of these."""
    pad_variable_length_inputs: bool = False

    @model_validator(mode="after")
    def _sizes_in_order(self) -> Self:
        sizes = self.allowed_batch_sizes
        if sizes and (list(sizes) != sorted({*sizes}) or sizes[-1] != self.max_batch_size):
            fact = f"allowed_batch_sizes must grow, and end with max_batch_size {self.max_batch_size}"
            raise ValueError(f"{fact}. Order them so")
        return self

    def config(self) -> dict[str, Any]:
        """The fields of its file: numbers are messages there, so that 0 is not nothing."""
        wrapped = self.model_dump(exclude={"allowed_batch_sizes", "pad_variable_length_inputs"}, exclude_none=True)
        return {
            **{name: {"value": value} for name, value in wrapped.items()},
            "allowed_batch_sizes": self.allowed_batch_sizes,
            "pad_variable_length_inputs": self.pad_variable_length_inputs or None,
        }
