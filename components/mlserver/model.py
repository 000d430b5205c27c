"""A model as MLServer is told about it.

https://mlserver.readthedocs.io/en/stable/reference/model-settings.html
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from components.checked import Checked
from components.errors import Mistake
from components.model import Format, Model
from components.values import Value, Whole

IMPLEMENTATIONS: dict[Format, str] = {
    "catboost": "mlserver_catboost.CatboostModel",
    "huggingface": "mlserver_huggingface.HuggingFaceRuntime",
    "lightgbm": "mlserver_lightgbm.LightGBMModel",
    "mlflow": "mlserver_mlflow.MLflowRuntime",
    "python": "mlserver.MLModel",
    "sklearn": "mlserver_sklearn.SKLearnModel",
    "xgboost": "mlserver_xgboost.XGBoostModel",
}
"""The class that loads each format; of `python`, what the model's own class is derived from."""


class Batching(Value):
    """Requests that come within `seconds` are computed together, `size` at most."""

    size: Whole = Field(ge=2)
    seconds: float = Field(gt=0, le=60)


class ServedModel(Checked, Model):
    """A model, and how MLServer runs it."""

    implementation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")] | None = None
    """Of format python: MODULE.CLASS, below the folder of its artefact or uri."""
    extra: dict[str, Any] = {}
    """What its class reads as parameters.extra, such as Hugging Face's `task`."""
    batching: Batching | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_any_model(cls, given: Any) -> Any:
        return {name: getattr(given, name) for name in given.model_fields_set} if type(given) is Model else given

    def _refusals(self) -> Iterator[Mistake]:
        if (self.format == "python") != bool(self.implementation):
            fact = "names the class of a python model, and of no other"
            yield Mistake(("implementation",), f"{fact}. Add it, or leave it out")
        if self.format == "huggingface" and "task" not in self.extra:
            yield Mistake(("extra",), "a Hugging Face model does one task. Say it, such as task: text-classification")
        if self.format == "python" and self.artefact and self.implementation:
            yield from self._unwritten(self.implementation)

    def _unwritten(self, implementation: str) -> Iterator[Mistake]:
        """A class that the artefact does not have."""
        assert self.artefact
        module, _, name = implementation.rpartition(".")
        path = f"{module.replace('.', '/')}.py"
        source = self.artefact.files.get(path, b"").decode(errors="replace")
        if f"class {name}" not in source:
            fact = f"no class {name} in {path} of {self.artefact.path.name}"
            yield Mistake(("implementation",), f"{fact}. Name one that it defines, as MODULE.CLASS")

    def settings(self, name: str) -> dict[str, Any]:
        """The model's settings, it being called `name`."""
        batching = self.batching
        return {
            "name": name,
            "implementation": self.implementation or IMPLEMENTATIONS[self.format],
            "parameters": {"uri": self.path(name), **({"extra": self.extra} if self.extra else {})},
            **({"max_batch_size": batching.size, "max_batch_time": batching.seconds} if batching else {}),
        }
