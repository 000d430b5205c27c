from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from components.mistakes import mistakes
from components.seldon import shape
from tests.components.seldon.definition import shapes


def test_the_shapes_are_those_of_the_definition(shared: Path) -> None:
    assert yaml.load(shape.FILE.read_text(), yaml.CSafeLoader) == shapes(shared)


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("podSpec", {}, "containers: is required. Add it"),
        ("podSpec", [], "got []. Give a mapping"),
        ("podSpec", {"containers": {}}, "containers: got {}. Give a list"),
        ("podSpec", {"containers": [{}]}, "containers[0].name: is required. Add it"),
        ("podSpec", {"containers": [], "nodeSelektor": {}}, "no such field. Did you mean 'nodeSelector'?"),
        ("podSpec", {"containers": [], "hostPID": 1}, "hostPID: got 1. Give a value of type boolean"),
        ("podSpec", {"containers": [], "priority": True}, "priority: got True. Give a value of type integer"),
        ("podSpec", {"containers": [], "nodeSelector": {"a": 1}}, "nodeSelector.a: got 1. Give a value of type string"),
        ("containerSpec", {"name": "a", "lifecycle": {"preStop": {"sleep": {}}}}, "lifecycle.preStop.sleep: "),
        ("hpaSpec", {"minReplicas": 1}, "maxReplicas: is required"),
        ("kedaSpec", {"triggers": [{"type": "cpu"}]}, "triggers[0].metadata: is required"),
        ("resources", {"limits": {"cpu": 1.5}}, "limits.cpu: got 1.5. Give a value of type integer or string"),
        (
            "env",
            [{"name": "A", "valeu": "b"}],
            "[0].valeu: SeldonDeployments have no such field. Did you mean 'value'?",
        ),
    ],
)
def test_what_the_definition_would_refuse_or_drop_is_refused(part: str, value: Any, told: str) -> None:
    (found,) = refused(part, value)
    assert told in found


def refused(part: str, value: Any) -> list[str]:
    with pytest.raises(ValidationError, match=r"\. [A-Z]") as caught:
        shape.checked(part)(value)
    return [str(each) for each in mistakes(caught.value, BaseModel)]


def test_all_mistakes_are_told_at_once() -> None:
    assert refused("podSpec", {"containers": [{"name": "a", "image": 1}], "hostPID": 1}) == [
        "containers[0].image: got 1. Give a value of type string",
        "hostPID: got 1. Give a value of type boolean",
    ]


@pytest.mark.parametrize("limit", [1, "500m"])
def test_what_fits_is_returned_as_it_is(limit: int | str) -> None:
    value = {"limits": {"cpu": limit}}
    assert shape.checked("resources")(value) is value
