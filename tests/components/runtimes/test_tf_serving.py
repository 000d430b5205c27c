from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Context
from components.runtimes.tf_serving import METRICS_PATH, TFServing
from components.tf_serving.flags import FLAGS
from tests.components.text_messages import Messages, parsed
from tests.samples import by_kind

# https://github.com/tensorflow/serving/tree/2.20.0: config/{model_server_config,file_system_storage_path_source,
# monitoring_config}.proto and servables/tensorflow/session_bundle_config.proto
MESSAGES: Messages = {
    "ModelServerConfig": {"model_config_list": "ModelConfigList"},
    "ModelConfigList": {"config": ["ModelConfig"]},
    "ModelConfig": {
        "name": str,
        "base_path": str,
        "model_platform": str,
        "model_version_policy": "ServableVersionPolicy",
        "version_labels": ["Label"],
    },
    "ServableVersionPolicy": {"latest": "Latest", "all": "All", "specific": "Specific"},
    "Latest": {"num_versions": int},
    "All": {},
    "Specific": {"versions": [int]},
    "Label": {"key": str, "value": int},
    "MonitoringConfig": {"prometheus_config": "PrometheusConfig"},
    "PrometheusConfig": {"enable": bool, "path": str},
    "BatchingParameters": {
        "max_batch_size": "Int64Value",
        "batch_timeout_micros": "Int64Value",
        "max_enqueued_batches": "Int64Value",
        "num_batch_threads": "Int64Value",
        "allowed_batch_sizes": [int],
        "pad_variable_length_inputs": bool,
    },
    "Int64Value": {"value": int},
}
CLAIM: dict[str, Any] = {"uri": "pvc://models/mnist"}


def server(model: dict[str, Any] = CLAIM, **choices: Any) -> TFServing:
    return TFServing.model_validate({"name": "mnist", "owner": "vision", "models": {"mnist": model}, **choices})


def exported(folder: Path, *versions: str) -> dict[str, Any]:
    """A SavedModel's folder with these versions in it."""
    for version in versions:
        (folder / "mnist" / version / "variables").mkdir(parents=True)
        (folder / "mnist" / version / "saved_model.pb").write_bytes(b"graph")
        (folder / "mnist" / version / "variables" / "variables.index").write_bytes(b"weights")
    return {"artefact": {"path": folder / "mnist"}}


def listed(stack: TFServing) -> dict[str, Any]:
    """The one model of its model_config_file."""
    config = parsed(str(stack.files()["models.config"]), "ModelServerConfig", MESSAGES)
    (only,) = config["model_config_list"]["config"]
    return dict(only)


def flags(stack: TFServing) -> dict[str, str]:
    return dict(arg.removeprefix("--").split("=", 1) for arg in stack.server().args)


@pytest.mark.parametrize(
    ("choice", "policy"),
    [
        ({}, {"latest": {"num_versions": "1"}}),
        ({"latest": 3}, {"latest": {"num_versions": "3"}}),
        ({"all_versions": True}, {"all": {}}),
        ({"versions": [2, 7]}, {"specific": {"versions": ["2", "7"]}}),
    ],
)
def test_each_choice_of_versions_is_a_policy(choice: dict[str, Any], policy: dict[str, Any]) -> None:
    assert listed(server({**CLAIM, **choice}))["model_version_policy"] == policy


def test_the_server_is_told_where_the_versions_lie() -> None:
    stack = server()
    assert listed(stack)["base_path"] == stack.models["mnist"].path("mnist")
    assert listed(stack)["model_platform"] == "tensorflow"


def test_labels_name_versions_and_may_be_given_before_these_are_loaded() -> None:
    stack = server({**CLAIM, "versions": [1, 2], "labels": {"stable": 1, "canary": 2}})
    assert listed(stack)["version_labels"] == [{"key": "canary", "value": "2"}, {"key": "stable", "value": "1"}]
    assert flags(stack)["allow_version_labels_for_unavailable_models"] == "true"
    assert "allow_version_labels_for_unavailable_models" not in flags(server())


def test_several_models_are_listed_by_name() -> None:
    stack = server(models={"words": {"uri": "pvc://models/words"}, "mnist": CLAIM})
    config = parsed(str(stack.files()["models.config"]), "ModelServerConfig", MESSAGES)
    assert [each["name"] for each in config["model_config_list"]["config"]] == ["mnist", "words"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"latest": 2, "all_versions": True}, "exclude each other"),
        ({"latest": 2, "versions": [1]}, "exclude each other"),
        ({"latest": 0}, "greater than or equal to 1"),
        ({"labels": {"stable": 1}}, "would lead nowhere"),
        ({"labels": {"stable": 1}, "latest": 2}, "would lead nowhere"),
        ({"versions": [1], "labels": {"stable": 1, "canary": 2}}, "labels name 2, which versions leaves out"),
        ({"versions": [1], "labels": {"a label": 1}}, "should match pattern"),
        (
            {"format": "sklearn"},
            "runtime 'tf_serving' serves tensorflow; got 'sklearn'. Use runtime 'kserve'",
        ),
    ],
)
def test_versions_that_cannot_be_are_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server({**CLAIM, **wrong})


def test_an_artefact_holds_the_versions_that_are_asked_for(tmp_path: Path) -> None:
    model = exported(tmp_path, "1", "2")
    assert server({**model, "versions": [1, 2]}).models["mnist"].path("mnist") == "/mnt/models/mnist/mnist"
    with pytest.raises(ValidationError, match="its artefact has no version 3"):
        server({**model, "versions": [1, 3]})


def test_an_artefact_without_a_version_is_refused_for_the_server_would_wait_for_one(tmp_path: Path) -> None:
    with pytest.raises(
        ValidationError, match=r"no folder of a version. Put saved_model.pb and the rest into a folder 1"
    ):
        server(exported(tmp_path, "."))


def test_metrics_are_switched_on_where_prometheus_is_sent() -> None:
    stack = server()
    config = parsed(str(stack.files()["monitoring.config"]), "MonitoringConfig", MESSAGES)
    assert config == {"prometheus_config": {"enable": True, "path": METRICS_PATH}}
    annotations = by_kind(stack.objects(Context()))["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] == METRICS_PATH
    assert annotations["prometheus.io/port"] == "8501"


def test_batching_says_what_is_chosen_and_leaves_the_rest_to_the_server() -> None:
    stack = server(batching={"max_batch_size": 32, "batch_timeout_micros": 0, "allowed_batch_sizes": [8, 32]})
    assert parsed(str(stack.files()["batching.config"]), "BatchingParameters", MESSAGES) == {
        "max_batch_size": {"value": "32"},
        "batch_timeout_micros": {},
        "allowed_batch_sizes": ["8", "32"],
    }
    assert "batch_timeout_micros" in str(stack.files()["batching.config"])
    assert flags(stack)["enable_batching"] == "true"
    assert flags(stack)["batching_parameters_file"] == "/mnt/models/batching.config"


def test_every_choice_of_batching_is_in_its_file() -> None:
    said = {
        "max_batch_size": 8,
        "batch_timeout_micros": 5,
        "max_enqueued_batches": 6,
        "num_batch_threads": 7,
        "allowed_batch_sizes": [8],
        "pad_variable_length_inputs": True,
    }
    found = parsed(str(server(batching=said).files()["batching.config"]), "BatchingParameters", MESSAGES)
    assert found.keys() == said.keys()


def test_without_batching_there_is_no_word_of_it() -> None:
    assert "batching.config" not in server().files()
    assert not {"enable_batching", "batching_parameters_file"} & flags(server()).keys()


@pytest.mark.parametrize("sizes", [[8, 4, 32], [8, 16], [32, 32]])
def test_batch_sizes_that_the_server_refuses_are_refused(sizes: list[int]) -> None:
    with pytest.raises(ValidationError, match="must grow, and end with max_batch_size 32"):
        server(batching={"max_batch_size": 32, "allowed_batch_sizes": sizes})


def test_every_file_that_a_flag_names_is_there() -> None:
    stack = server(batching={"max_batch_size": 4})
    named = {value for name, value in flags(stack).items() if name.endswith("_file")}
    assert named == {f"/mnt/models/{path}" for path in stack.files()}


def test_its_ports_are_those_that_it_is_told_to_listen_at() -> None:
    stack = server()
    assert stack.server().ports == {"http": int(flags(stack)["rest_api_port"]), "grpc": int(flags(stack)["port"])}
    service = by_kind(stack.objects(Context()))["Service"]
    assert {port["name"]: port["port"] for port in service["spec"]["ports"]} == {"http": 80, "grpc": 8500}


def test_it_is_ready_when_the_status_of_its_model_is_told() -> None:
    process = server().server()
    assert process.startup.path == process.ready.path == process.live.path == "/v1/models/mnist"


def test_its_endpoint_is_where_a_model_predicts() -> None:
    sample, answer = {"instances": [[1.0]]}, {"predictions": [[2.0]]}
    (endpoint,) = server({**CLAIM, "sample": sample, "answer": answer}).endpoints(Context())
    assert endpoint.url == "http://mnist.models.svc/v1/models/mnist:predict"
    assert (endpoint.sample, endpoint.answer) == (sample, answer)


def test_choices_are_flags() -> None:
    told = flags(server(look_again_seconds=30, warm_up_rounds=3, flags={"num_load_threads": 2, "mixed_precision": "x"}))
    assert told["file_system_poll_wait_seconds"] == "30"
    assert told["num_request_iterations_for_warmup"] == "3"
    assert (told["num_load_threads"], told["mixed_precision"]) == ("2", "x")


@pytest.mark.parametrize(
    ("flag", "told"),
    [("num_load_thread", "Did you mean 'num_load_threads'?"), ("model_config_file", "is no flag that a stack may set")],
)
def test_a_flag_that_is_not_the_stacks_to_set_is_refused(flag: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server(flags={flag: 1})


def test_no_flag_is_said_twice() -> None:
    everything = server(
        {**CLAIM, "versions": [1], "labels": {"stable": 1}}, warm_up_rounds=1, batching={"max_batch_size": 1}
    )
    assert not {*flags(everything)} & {*FLAGS}
