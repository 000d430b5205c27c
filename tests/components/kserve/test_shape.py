from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from components.kserve import shape
from components.mistakes import mistakes
from tests.components.kserve.definition import shapes


def test_the_shapes_are_those_of_the_definitions(shared: Path) -> None:
    assert yaml.load(shape.FILE.read_text(), yaml.CSafeLoader) == shapes(shared)


def test_what_the_definition_would_drop_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        shape.checked("predictor")({"maxReplica": 1, "minReplicas": "2"})
    assert [str(each) for each in mistakes(caught.value, BaseModel)] == [
        "maxReplica: KServe's resources have no such field. Did you mean 'maxReplicas'?",
        "minReplicas: got '2'. Give a value of type integer",
    ]
