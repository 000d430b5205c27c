import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context, Conventions
from components.location.model_files import small_files
from components.model import MODELS_FOLDER
from components.runtimes.mlserver import VERSION, MLServer
from components.unit import Namespace
from tests.samples import artefact, by_kind

FORMATS = {"catboost": "cbm", "lightgbm": "bst", "mlflow": "zip", "sklearn": "joblib", "xgboost": "json"}
CODE = b"class Mean:\n    pass\n"


def server(folder: Path, *formats: str, **choices: Any) -> MLServer:
    """A stack with one model of each format, named after it."""
    models = {
        each: {"format": each, "artefact": artefact(folder, f"model.{FORMATS[each]}", each.encode())}
        for each in formats
    }
    return MLServer.model_validate({"name": "zoo", "owner": "science", "models": models, **choices})


@pytest.mark.parametrize(
    ("format", "implementation"),
    [
        ("catboost", "mlserver_catboost.CatboostModel"),
        ("lightgbm", "mlserver_lightgbm.LightGBMModel"),
        ("mlflow", "mlserver_mlflow.MLflowRuntime"),
        ("sklearn", "mlserver_sklearn.SKLearnModel"),
        ("xgboost", "mlserver_xgboost.XGBoostModel"),
    ],
)
def test_each_format_is_loaded_by_its_own_runtime(tmp_path: Path, format: str, implementation: str) -> None:
    settings = json.loads(server(tmp_path, format).files()[f"{format}/model-settings.json"])
    assert settings["name"] == format
    assert settings["implementation"] == implementation


@pytest.mark.parametrize("format", FORMATS)
def test_the_settings_name_a_file_that_is_there(tmp_path: Path, format: str) -> None:
    stack = server(tmp_path, format)
    uri = json.loads(stack.files()[f"{format}/model-settings.json"])["parameters"]["uri"]
    assert small_files(stack.files(), stack.served())[uri.removeprefix(f"{MODELS_FOLDER}/")] == format.encode()


def test_a_folder_is_named_as_a_whole_and_holds_its_files(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "MLmodel").write_text("flavors: {}")
    models = {"churn": {"format": "mlflow", "artefact": {"path": tmp_path / "churn"}}}
    stack = MLServer.model_validate({"name": "churn", "owner": "science", "models": models})
    uri = json.loads(stack.files()["churn/model-settings.json"])["parameters"]["uri"]
    assert uri == f"{MODELS_FOLDER}/churn/churn"
    assert small_files(stack.files(), stack.served())["churn/churn/MLmodel"] == b"flavors: {}"


def test_a_format_that_the_server_lacks_is_refused(tmp_path: Path) -> None:
    models = {"iris": {"format": "onnx", "artefact": artefact(tmp_path)}}
    with pytest.raises(ValidationError, match=r"serves catboost, huggingface, .* xgboost; got 'onnx'"):
        MLServer.model_validate({"name": "iris", "owner": "science", "models": models})


def of_one(folder: Path, model: dict[str, Any], **choices: Any) -> MLServer:
    """A server of one model, whose file is a module with one class."""
    whole = {"format": "python", "artefact": artefact(folder, "mean.py", CODE), **model}
    return MLServer.model_validate({"name": "one", "owner": "science", "models": {"one": whole}, **choices})


def settings(stack: MLServer) -> Any:
    return json.loads(stack.files()["one/model-settings.json"])


def test_a_class_of_ones_own_lies_beside_its_settings_and_gets_its_parameters(tmp_path: Path) -> None:
    stack = of_one(tmp_path, {"implementation": "mean.Mean", "extra": {"factor": 2}})
    assert settings(stack)["implementation"] == "mean.Mean"
    assert settings(stack)["parameters"]["extra"] == {"factor": 2}
    assert small_files(stack.files(), stack.served())["one/mean.py"] == CODE
    assert stack.server().image == f"docker.io/seldonio/mlserver:{VERSION}"


def test_a_hugging_face_model_says_its_task(tmp_path: Path) -> None:
    model = {"format": "huggingface", "artefact": None, "uri": "hf://org/model@v1"}
    stack = of_one(tmp_path, {**model, "extra": {"task": "text-classification"}})
    found = settings(stack)
    assert found["implementation"] == "mlserver_huggingface.HuggingFaceRuntime"
    assert found["parameters"] == {"uri": f"{MODELS_FOLDER}/one/model", "extra": {"task": "text-classification"}}
    with pytest.raises(ValidationError, match="does one task"):
        of_one(tmp_path, model)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ({}, "names the class of a python model"),
        ({"format": "sklearn", "implementation": "mean.Mean"}, "and of no other"),
        ({"implementation": "Mean"}, "should match pattern"),
        ({"implementation": "mean.Median"}, "no class Median in mean.py"),
        ({"implementation": "average.Mean"}, "no class Mean in average.py"),
        ({"implementation": "mean.Mean", "batching": {"size": 1, "seconds": 1}}, "greater than or equal to 2"),
    ],
)
def test_what_could_not_be_loaded_is_refused(tmp_path: Path, model: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        of_one(tmp_path, model)


def test_requests_are_computed_together_where_that_is_said(tmp_path: Path) -> None:
    stack = of_one(tmp_path, {"format": "sklearn", "batching": {"size": 8, "seconds": 0.01}})
    assert (settings(stack)["max_batch_size"], settings(stack)["max_batch_time"]) == (8, 0.01)
    assert "max_batch_size" not in settings(of_one(tmp_path, {"format": "sklearn"}))


def test_workers_keep_what_they_write_in_the_one_folder_that_can_be_written(tmp_path: Path) -> None:
    found = json.loads(of_one(tmp_path, {"format": "sklearn"}, parallel_workers=2).files()["settings.json"])
    assert found["parallel_workers"] == 2
    assert {found["environments_dir"], found["metrics_dir"]} == {"/tmp/environments", "/tmp/metrics"}


def test_a_server_without_a_model_is_refused() -> None:
    with pytest.raises(ValidationError, match="too_short"):
        MLServer(name="iris", owner="science", models={})


def test_a_model_is_called_by_a_legal_name_or_refused(tmp_path: Path) -> None:
    models = {"../iris": {"format": "sklearn", "artefact": artefact(tmp_path)}}
    with pytest.raises(ValidationError, match="must be lower case letters"):
        MLServer.model_validate({"name": "iris", "owner": "science", "models": models})


def test_the_official_image_is_that_of_the_format(tmp_path: Path) -> None:
    assert server(tmp_path, "sklearn").server().image == f"docker.io/seldonio/mlserver:{VERSION}-sklearn"


def test_the_official_image_of_several_formats_is_the_one_with_all(tmp_path: Path) -> None:
    assert server(tmp_path, "sklearn", "xgboost").server().image == f"docker.io/seldonio/mlserver:{VERSION}"


def test_an_image_of_ones_own_wins(tmp_path: Path) -> None:
    assert server(tmp_path, "sklearn", image="example.com/mlserver:2").server().image == "example.com/mlserver:2"


def test_one_model_is_asked_itself_whether_it_is_ready(tmp_path: Path) -> None:
    process = server(tmp_path, "sklearn").server()
    assert process.startup.path == process.ready.path == "/v2/models/sklearn/ready"


def test_several_models_are_asked_together_once_the_first_is_loaded(tmp_path: Path) -> None:
    process = server(tmp_path, "sklearn", "xgboost").server()
    assert process.startup.path == "/v2/models/sklearn/ready"
    assert process.ready.path == "/v2/health/ready"


def test_every_model_has_an_endpoint(tmp_path: Path) -> None:
    stack = server(tmp_path, "sklearn", "xgboost")
    endpoints = stack.endpoints(Context(conventions=Conventions(models=Namespace(name="ml"))))
    assert {endpoint.model: endpoint.url for endpoint in endpoints} == {
        "sklearn": "http://zoo.ml.svc/v2/models/sklearn/infer",
        "xgboost": "http://zoo.ml.svc/v2/models/xgboost/infer",
    }


def test_an_endpoint_carries_the_sample_of_its_model(tmp_path: Path) -> None:
    sample = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1.5]}]}
    models = {"iris": {"format": "sklearn", "artefact": artefact(tmp_path), "sample": sample}}
    (endpoint,) = MLServer(name="iris", owner="science", models=models).endpoints(Context())
    assert endpoint.sample == sample


def test_the_order_in_which_models_are_written_changes_no_object(tmp_path: Path) -> None:
    one = server(tmp_path, "sklearn", "xgboost").objects(Context())
    other = server(tmp_path, "xgboost", "sklearn").objects(Context())
    assert one == other


def test_the_server_finds_its_own_settings_at_the_root(tmp_path: Path) -> None:
    assert "settings.json" in server(tmp_path, "sklearn").files()
    config = by_kind(server(tmp_path, "sklearn").objects(Context()))["ConfigMap"]
    assert json.loads(config["data"]["settings.json"])["parallel_workers"] == 0
