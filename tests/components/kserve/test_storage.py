import pytest

from components.kserve.storage import refusals, spelled
from components.model import Model


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://models/iris", "s3://models/iris"),
        ("pvc://claim/iris", "pvc://claim/iris"),
        ("az://account1/models/iris", "https://account1.blob.core.windows.net/models/iris"),
        ("hf://org/model@v1", "hf://org/model:v1"),
        ("hf://org/model", "hf://org/model"),
    ],
)
def test_a_place_is_spelled_as_kserve_does(uri: str, expected: str) -> None:
    model = Model(format="sklearn", uri=uri)
    assert list(refusals(model)) == []
    assert spelled(uri) == expected


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"uri": "nfs://nas.example.com/exports/iris"}, "is at nfs://, and KServe fetches az, gs, hf"),
        ({"uri": "configmap://weights/iris.joblib"}, "is at configmap://"),
        ({"uri": "hf://org/model@v1/part"}, "is the folder part"),
        ({"uri": "s3://models/iris", "sha256": "0" * 64}, "says sha256"),
    ],
)
def test_what_kserve_would_not_do_is_refused_with_a_cure(fields: dict[str, str], told: str) -> None:
    (found,) = refusals(Model.model_validate({"format": "sklearn", **fields}))
    assert told in found
    assert ". " in found
