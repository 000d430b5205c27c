from pathlib import Path

import pytest
import yaml

from components.kserve import shape
from tests.components.kserve.definition import shapes


def test_the_shapes_are_those_of_the_definitions(shared: Path) -> None:
    assert yaml.load(shape.FILE.read_text(), yaml.CSafeLoader) == shapes(shared)


def test_what_the_definition_would_drop_is_refused() -> None:
    with pytest.raises(ValueError, match="maxReplica: KServe's resources have no such field") as caught:
        shape.checked("predictor")({"maxReplica": 1, "minReplicas": "2"})
    assert "minReplicas: got '2'. Give a value of type integer" in str(caught.value)
