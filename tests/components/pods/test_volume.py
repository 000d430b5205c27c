from typing import Any

import pytest
from pydantic import ValidationError

from components.pods.volume import Volume


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({"claim": "words"}, {"persistentVolumeClaim": {"claimName": "words"}}),
        ({"secret": "words"}, {"secret": {"secretName": "words"}}),
        ({"config_map": "words"}, {"configMap": {"name": "words"}}),
        ({"size": "1Gi"}, {"emptyDir": {"sizeLimit": "1Gi"}}),
        ({"size": "1Gi", "memory": True}, {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}),
    ],
)
def test_each_source_is_spelled_as_kubernetes_does(said: dict[str, Any], source: dict[str, Any]) -> None:
    volume = Volume.model_validate({"path": "/data", **said})
    assert volume.manifest("data") == {"name": "data", **source}
    assert volume.mount("data") == {"name": "data", "mountPath": "/data"}


def test_a_part_of_it_may_be_mounted_and_only_be_read() -> None:
    mount = Volume(path="/data/words", claim="words", sub_path="english", read_only=True).mount("data")
    assert mount == {"name": "data", "mountPath": "/data/words", "subPath": "english", "readOnly": True}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, "Say exactly one"),
        ({"claim": "words", "size": "1Gi"}, "Say exactly one"),
        ({"claim": "words", "memory": True}, "only a folder of its own can be in memory"),
        ({"path": "data", "size": "1Gi"}, "should match pattern"),
        ({"size": "much"}, "must be a positive Kubernetes quantity"),
    ],
)
def test_what_is_no_volume_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Volume.model_validate({"path": "/data", **wrong})
