"""Models of one Triton that are called as one: tensors flow from step to step.

https://github.com/triton-inference-server/server/blob/v2.71.0/docs/user_guide/ensemble_models.md
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any

from pydantic import Field

from components.text_proto import entries
from components.triton.model import TritonModel
from components.triton.tensors import DataType, TensorName, Tensors, configs
from components.values import DnsLabel, Value, Whole

Joined = dict[TensorName, TensorName]
"""A tensor of the model to the tensor of the ensemble that it is."""


class Step(Value):
    """One model, and the tensors that it takes and gives."""

    model: DnsLabel
    inputs: Annotated[Joined, Field(min_length=1)]
    outputs: Annotated[Joined, Field(min_length=1)]

    def config(self) -> dict[str, Any]:
        maps = {"input_map": entries(self.inputs), "output_map": entries(self.outputs)}
        return {"model_name": self.model, "model_version": -1, **maps}


class Ensemble(Value):
    """Steps in any order: a step waits for the tensors that it takes."""

    inputs: Annotated[Tensors, Field(min_length=1)]
    outputs: Annotated[Tensors, Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    max_batch_size: Whole = Field(default=0, ge=0)
    sample: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None

    def config(self, name: str) -> dict[str, Any]:
        """Its config.pbtxt, being called `name`."""
        return {
            "name": name,
            "platform": "ensemble",
            "max_batch_size": self.max_batch_size,
            "input": configs(self.inputs),
            "output": configs(self.outputs),
            "ensemble_scheduling": {"step": [step.config() for step in self.steps]},
        }

    def mistakes(self, models: Mapping[str, TritonModel]) -> Iterator[str]:
        """What keeps it from being one with these models, each with its cure."""
        if strange := {step.model for step in self.steps} - models.keys():
            yield f"steps name {_listed(strange)}, which is none of the models. Add it there"
            return
        yield from self._dangling()
        types = self._types(models)
        for step in self.steps:
            yield from _misjoined(step, models[step.model], types)

    def _dangling(self) -> Iterator[str]:
        made = Counter([*self.inputs, *(name for step in self.steps for name in step.outputs.values())])
        taken = {*self.outputs, *(name for step in self.steps for name in step.inputs.values())}
        if twice := {name for name, times in made.items() if times > 1}:
            yield f"tensor {_listed(twice)} comes from two places. Rename one"
        if unmade := taken - made.keys():
            yield f"tensor {_listed(unmade)} comes from nowhere. Let a step give it, or add it to inputs"
        if unused := made.keys() - taken:
            yield f"tensor {_listed(unused)} leads nowhere. Let a step take it, or leave it out"
        if circle := self._circle():
            yield f"steps wait for each other's tensors: {' -> '.join(circle)}. Break the circle"

    def _circle(self) -> list[str]:
        before = {name: {*step.inputs.values()} for step in self.steps for name in step.outputs.values()}
        try:
            list(TopologicalSorter(before).static_order())
        except CycleError as error:
            return list(error.args[1])
        return []

    def _types(self, models: Mapping[str, TritonModel]) -> dict[str, DataType]:
        """Of each of its tensors, as far as somebody says it."""
        given = [
            (joined, models[step.model].outputs[name])
            for step in self.steps
            for name, joined in step.outputs.items()
            if name in models[step.model].outputs
        ]
        return {name: tensor.datatype for name, tensor in (*given, *self.outputs.items(), *self.inputs.items())}


def _misjoined(step: Step, model: TritonModel, types: Mapping[str, DataType]) -> Iterator[str]:
    """The tensors of a step against those that its model says it has."""
    owner = f"of model {step.model!r}"
    for side, joined, tensors in (("input", step.inputs, model.inputs), ("output", step.outputs, model.outputs)):
        if tensors and (strange := joined.keys() - tensors.keys()):
            yield f"{side} {_listed(strange)} {owner} is unknown. It has {_listed(tensors)}"
        for name in sorted(joined.keys() & tensors.keys()):
            kind, other = tensors[name].datatype, types.get(joined[name])
            if other and other != kind:
                yield f"{side} {name!r} {owner} is {kind}, tensor {joined[name]!r} is {other}. Make them alike"
    if missing := model.inputs.keys() - step.inputs.keys():
        yield f"input {_listed(missing)} {owner} gets no tensor. Join it to one"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))
