import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, text_format  # type: ignore[import-untyped]
from pydantic import ValidationError
from tritonclient.grpc.model_config_pb2 import ModelConfig

from components.context import Context
from components.location.model_files import small_files
from components.runtimes.triton import Triton
from components.triton.flags import FLAGS
from components.triton.repository import FOLDER
from tests.samples import artefact, by_kind

X: dict[str, Any] = {"x": {"datatype": "FP32", "shape": [4]}}
Y: dict[str, Any] = {"y": {"datatype": "FP32", "shape": [-1, 2]}}
NET: dict[str, Any] = {"format": "onnx", "uri": "s3://models/net.onnx"}
STEP: dict[str, Any] = {"format": "python", "uri": "pvc://models/step.py", "inputs": X, "outputs": Y}


def server(model: dict[str, Any] = NET, **choices: Any) -> Triton:
    return Triton.model_validate({"name": "zoo", "owner": "vision", "models": {"net": model}, **choices})


def config(stack: Triton, name: str = "net") -> dict[str, Any]:
    """A model's config.pbtxt, read by Triton's own definition."""
    found = text_format.Parse(str(stack.files()[f"{name}/config.pbtxt"]), ModelConfig())
    return dict(json_format.MessageToDict(found, preserving_proto_field_name=True))


def flags(stack: Triton) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (arg.removeprefix("--").partition("=") for arg in stack.server().args)]


@pytest.mark.parametrize(
    ("format", "backend"),
    [
        ("onnx", "onnxruntime"),
        ("openvino", "openvino"),
        ("python", "python"),
        ("pytorch", "pytorch"),
        ("tensorrt",) * 2,
    ],
)
def test_each_format_has_its_backend(format: str, backend: str) -> None:
    model = {"format": format, "uri": "s3://models/net", "inputs": X, "outputs": Y}
    assert config(server(model, resources={"gpus": 1}))["backend"] == backend


def test_a_model_that_describes_itself_is_left_to_it() -> None:
    assert config(server()) == {"name": "net", "backend": "onnxruntime"}


def test_everything_that_is_said_of_a_model_is_in_its_configuration() -> None:
    model = {
        **NET,
        "max_batch_size": 16,
        "inputs": {**X, "words": {"datatype": "BYTES", "shape": [1]}},
        "outputs": Y,
        "instances": [{"count": 2, "kind": "gpu", "gpus": [0, 1]}, {"kind": "cpu"}],
        "dynamic_batching": {
            "preferred_batch_size": [4, 16],
            "max_queue_delay_microseconds": 100,
            "preserve_ordering": True,
        },
        "parameters": {"session.intra_op_thread_count": "2", "a": "b"},
    }
    assert config(server(model, resources={"gpus": 2})) == {
        "name": "net",
        "backend": "onnxruntime",
        "max_batch_size": 16,
        "input": [
            {"name": "x", "data_type": "TYPE_FP32", "dims": ["4"]},
            {"name": "words", "data_type": "TYPE_STRING", "dims": ["1"]},
        ],
        "output": [{"name": "y", "data_type": "TYPE_FP32", "dims": ["-1", "2"]}],
        "instance_group": [{"kind": "KIND_GPU", "count": 2, "gpus": [0, 1]}, {"kind": "KIND_CPU", "count": 1}],
        "dynamic_batching": {
            "preferred_batch_size": [4, 16],
            "max_queue_delay_microseconds": "100",
            "preserve_ordering": True,
        },
        "parameters": {"session.intra_op_thread_count": {"string_value": "2"}, "a": {"string_value": "b"}},
    }


def test_dynamic_batching_needs_no_choice_of_its_own() -> None:
    assert config(server({**NET, "max_batch_size": 4, "dynamic_batching": {}}))["dynamic_batching"] == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dynamic_batching": {}}, "max_batch_size is 0"),
        ({"dynamic_batching": {"preferred_batch_size": [8]}, "max_batch_size": 4}, "above max_batch_size 4"),
        ({"format": "pytorch"}, "a pytorch model does not say its tensors itself"),
        ({"format": "python", "inputs": X}, "a python model does not say its tensors itself"),
        ({"format": "sklearn"}, "serves onnx, openvino, python, pytorch, tensorrt; got 'sklearn'"),
        ({"as_directory": True, "inputs": X, "max_batch_size": 2}, "is what its own config.pbtxt says. Say it there"),
        ({"instances": [{"kind": "cpu", "gpus": [0]}]}, "gpus are those of kind gpu, not cpu"),
        ({"inputs": {"x": {"datatype": "FLOAT", "shape": [1]}}}, "Input should be 'BF16', 'BOOL'"),
        ({"inputs": {"x": {"datatype": "FP32", "shape": []}}}, "at least 1 item"),
        ({"inputs": {"x": {"datatype": "FP32", "shape": [-2]}}}, "greater than or equal to -1"),
        ({"format": "tensorrt"}, "computes on GPUs, and the stack has none"),
        ({"instances": [{"kind": "gpu"}]}, "computes on GPUs, and the stack has none"),
    ],
)
def test_what_triton_could_not_serve_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server({**NET, **wrong})


@pytest.mark.parametrize("tag", ["26.07-py3", "27.01-py3-min", "30.12-pyt-python-py3"])
def test_an_image_from_the_floor_on_is_taken(tag: str) -> None:
    assert server(image=f"nvcr.io/nvidia/tritonserver:{tag}").server().image.endswith(tag)


@pytest.mark.parametrize("tag", ["26.06-py3", "21.08-py3", "26.06-trtllm-python-py3"])
def test_an_image_with_known_holes_is_refused(tag: str) -> None:
    with pytest.raises(ValidationError, match=r"has known holes, as every one before 26\.07"):
        server(image=f"nvcr.io/nvidia/tritonserver:{tag}")


def test_each_model_is_loaded_by_name_and_nobody_else_may_unload_it() -> None:
    stack = server(models={"net": NET, "also": NET}, ensembles={"all": ensemble(model="net")})
    told = flags(stack)
    assert ("model-control-mode", "explicit") in told
    assert [value for name, value in told if name == "load-model"] == ["all", "also", "net"]
    guards = {name: value for name, value in told if name.endswith(("restricted-api", "restricted-protocol"))}
    assert len(guards) == 2
    for guard in guards.values():
        assert guard == "model-repository,shared-memory,trace,logging:admin-key=$(ADMIN_KEY)"
    assert stack.server().env_from["ADMIN_KEY"].field == "metadata.uid"


def test_its_ports_and_metrics_are_those_that_it_is_told() -> None:
    told = dict(flags(server()))
    assert server().server().ports == {name: int(told[f"{name}-port"]) for name in ("http", "grpc", "metrics")}
    assert told["allow-gpu-metrics"] == "false"
    assert dict(flags(server(resources={"gpus": 1})))["allow-gpu-metrics"] == "true"


def test_python_models_exchange_tensors_in_memory() -> None:
    pod = by_kind(server(shared_memory="1Gi").objects(Context()))["Deployment"]["spec"]["template"]["spec"]
    assert {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}} in pod["volumes"]
    mounts = {each["name"]: each["mountPath"] for each in pod["containers"][0]["volumeMounts"]}
    assert mounts["shared-memory"] == "/dev/shm"


def test_ready_means_that_every_model_is() -> None:
    process = server().server()
    assert ("strict-readiness", "true") in flags(server())
    assert (process.startup.path, process.ready.path) == ("/v2/health/ready", "/v2/health/ready")
    assert process.live.path == "/v2/health/live"


def test_a_flag_that_triton_does_not_know_is_refused() -> None:
    assert ("log-verbose", "1") in flags(server(flags={"log-verbose": 1}))
    with pytest.raises(ValidationError, match="Did you mean 'log-verbose'"):
        server(flags={"log-verbos": 1})
    assert not {name for name, _ in flags(server())} & {*FLAGS}


def ensemble(**step: Any) -> dict[str, Any]:
    """One step around `net`, whose tensors are x and y."""
    return {"inputs": X, "outputs": Y, "steps": [{"model": "net", "inputs": {"x": "x"}, "outputs": {"y": "y"}, **step}]}


def chain(*joins: tuple[str, str]) -> dict[str, Any]:
    """Steps that each take one tensor and give another."""
    return {
        "inputs": {"a": {"datatype": "FP32", "shape": [4]}},
        "outputs": {"z": {"datatype": "FP32", "shape": [4]}},
        "steps": [{"model": "net", "inputs": {"x": taken}, "outputs": {"y": given}} for taken, given in joins],
    }


def test_an_ensemble_is_configured_with_its_steps() -> None:
    stack = server(ensembles={"twice": {**chain(("a", "b"), ("b", "z")), "max_batch_size": 8}})
    found = config(stack, "twice")
    assert (found["platform"], found["max_batch_size"]) == ("ensemble", 8)
    assert found["ensemble_scheduling"]["step"] == [
        {"model_name": "net", "model_version": "-1", "input_map": {"x": "a"}, "output_map": {"y": "b"}},
        {"model_name": "net", "model_version": "-1", "input_map": {"x": "b"}, "output_map": {"y": "z"}},
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (ensemble(model="nat"), "steps name 'nat', which is none of the models"),
        (ensemble(inputs={"x": "w"}), "tensor 'w' comes from nowhere"),
        (ensemble(outputs={"y": "v"}), "tensor 'v' leads nowhere"),
        (chain(("a", "z"), ("a", "z")), "tensor 'z' comes from two places"),
        (chain(("a", "a"), ("a", "z")), "tensor 'a' comes from two places"),
        (chain(("a", "z"), ("b", "c"), ("c", "b")), "wait for each other's tensors"),
        (ensemble(inputs={"x": "x", "w": "x"}), "input 'w' of model 'net' is unknown. It has 'x'"),
        (ensemble(outputs={"v": "y"}), "output 'v' of model 'net' is unknown. It has 'y'"),
        (ensemble(inputs={"w": "x"}), "input 'x' of model 'net' gets no tensor"),
        ({**ensemble(), "inputs": {"x": {"datatype": "INT8", "shape": [4]}}}, "is FP32, tensor 'x' is INT8"),
        ({**ensemble(), "steps": []}, "at least 1 item"),
    ],
)
def test_an_ensemble_with_a_loose_end_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server(STEP, ensembles={"all": wrong})


def test_tensors_between_two_models_are_of_one_type() -> None:
    words = {**STEP, "outputs": {"y": {"datatype": "BYTES", "shape": [1]}}}
    steps = [
        {"model": "words", "inputs": {"x": "a"}, "outputs": {"y": "b"}},
        {"model": "net", "inputs": {"x": "b"}, "outputs": {"y": "z"}},
    ]
    with pytest.raises(ValidationError, match="input 'x' of model 'net' is FP32, tensor 'b' is BYTES"):
        server(models={"net": STEP, "words": words}, ensembles={"all": {**chain(), "steps": steps}})


def test_an_ensemble_is_not_called_as_a_model() -> None:
    with pytest.raises(ValidationError, match="is what a model is called as well"):
        server(ensembles={"net": ensemble()})


def test_models_and_ensembles_have_endpoints() -> None:
    found = server(ensembles={"all": {**ensemble(), "sample": {"inputs": []}}}).endpoints(Context())
    assert {each.model: (each.url, each.sample) for each in found} == {
        "net": ("http://zoo.models.svc/v2/models/net/infer", None),
        "all": ("http://zoo.models.svc/v2/models/all/infer", {"inputs": []}),
    }


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """A machine on which `tritonserver` prints the repository that it is given."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "tritonserver"
    program.write_text(f"#!/bin/sh\ncd {tmp_path}{FOLDER} && find . -type f -o -type l | sort && echo $*\n")
    program.chmod(0o755)
    return tmp_path


def started(pod: Path, stack: Triton) -> list[str]:
    """What its start script lays out and hands over, in the folder `pod` in place of the root."""
    for path, content in small_files(stack.files(), stack.served()).items():
        file = pod / "mnt/models" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content.decode() if isinstance(content, bytes) else content
        file.write_text(text.replace("/mnt/models", f"{pod}/mnt/models").replace(FOLDER, f"{pod}{FOLDER}"))
    shell, script = stack.server().command
    command = (shell, f"{pod}{script}", "--flag")
    path = f"{pod}/bin:{os.environ['PATH']}"
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.splitlines()


def test_a_container_that_starts_again_lays_the_same_repository_out(pod: Path) -> None:
    model = {"format": "onnx", "artefact": artefact(pod, "weights.onnx")}
    stack = server(model, ensembles={"all": ensemble()})
    expected = ["./all/config.pbtxt", "./net/1/model.onnx", "./net/config.pbtxt", "--flag"]
    assert started(pod, stack) == started(pod, stack) == expected
    assert (pod / FOLDER[1:] / "net/1/model.onnx").read_bytes() == b"weights"


def test_a_folder_is_the_folder_of_a_version(pod: Path) -> None:
    (pod / "net").mkdir()
    for name in ("model.xml", "model.bin"):
        (pod / "net" / name).write_bytes(name.encode())
    started(pod, server({"format": "openvino", "artefact": {"path": pod / "net"}}))
    assert (pod / FOLDER[1:] / "net/1/model.xml").read_bytes() == b"model.xml"


def test_a_model_directory_is_taken_as_it_is(pod: Path) -> None:
    (pod / "whole" / "3").mkdir(parents=True)
    (pod / "whole" / "3" / "model.onnx").write_bytes(b"weights")
    (pod / "whole" / "config.pbtxt").write_text('backend: "onnxruntime"')
    stack = server({"format": "onnx", "artefact": {"path": pod / "whole"}, "as_directory": True})
    assert "net/config.pbtxt" not in stack.files()
    started(pod, stack)
    assert (pod / FOLDER[1:] / "net/3/model.onnx").read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("format", "uri", "link"),
    [
        ("onnx", "s3://models/net.onnx", "/net/1/model.onnx"),
        ("onnx", "s3://models/net", "/net/1"),
        ("tensorrt", "pvc://models/a/net.plan", "/net/1/model.plan"),
        ("pytorch", "https://example.com/net.pt", "/net/1/model.pt"),
    ],
)
def test_a_name_that_ends_as_the_format_does_is_a_file(format: str, uri: str, link: str) -> None:
    model = {"format": format, "uri": uri, "inputs": X, "outputs": Y}
    stack = server(model, resources={"gpus": 1})
    last = str(stack.files()["start.sh"]).splitlines()[-2]
    assert shlex.split(last) == ["ln", "-s", stack.models["net"].path("net"), f"{FOLDER}{link}"]
