from typing import Any

import pytest
from pydantic import ValidationError

from components.context import Collector, Context, Conventions
from components.runtimes.vllm import CACHE, VLLM
from tests.samples import by_kind

MODEL: dict[str, Any] = {
    "format": "huggingface",
    "uri": "hf://Qwen/Qwen2.5-0.5B-Instruct@7ae557604adf67be50417f59c2c2f167def9a775",
}
ADAPTER: dict[str, Any] = {"format": "huggingface", "uri": "s3://adapters/law"}
KEY: dict[str, Any] = {"secret": "keys", "key": "vllm"}


def server(**choices: Any) -> VLLM:
    return VLLM.model_validate({"name": "chat", "owner": "language", "models": {"qwen": MODEL}, **choices})


def pod(stack: VLLM, context: Context | None = None) -> dict[str, Any]:
    return dict(by_kind(stack.objects(context or Context()))["Deployment"]["spec"]["template"]["spec"])


def test_the_model_is_called_by_its_name_and_nothing_is_asked_of_the_hub() -> None:
    stack = server()
    path, *flags = stack.server().args
    assert path == stack.models["qwen"].path("qwen")
    assert "--served-model-name=qwen" in flags
    assert stack.server().env["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize("gpus", [1, 4])
def test_every_gpu_of_the_pod_computes(gpus: int) -> None:
    stack = server(resources={"gpus": gpus})
    assert f"--tensor-parallel-size={gpus}" in stack.server().args
    assert pod(stack)["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == str(gpus)


def test_it_writes_lines_of_requests_where_that_is_asked_for() -> None:
    assert "--disable-uvicorn-access-log" in server().server().args
    assert "--disable-uvicorn-access-log" not in server(access_log=True).server().args


def test_choices_are_flags() -> None:
    args = (
        server(
            max_model_len=4096,
            dtype="bfloat16",
            quantization="fp8",
            gpu_memory_utilization=0.5,
            flags={"max-num-seqs": 64, "enable-prefix-caching": True, "enable-chunked-prefill": False},
        )
        .server()
        .args
    )
    assert {
        "--max-model-len=4096",
        "--dtype=bfloat16",
        "--quantization=fp8",
        "--gpu-memory-utilization=0.5",
        "--max-num-seqs=64",
        "--enable-prefix-caching",
        "--no-enable-chunked-prefill",
    } <= {*args}


def test_what_is_not_chosen_is_left_to_the_model() -> None:
    args = " ".join(server().server().args)
    assert not any(flag in args for flag in ("max-model-len", "quantization", "lora"))


def test_adapters_are_loaded_by_name_from_where_they_lie() -> None:
    stack = server(adapters={"law": ADAPTER, "art": {**ADAPTER, "uri": "s3://adapters/art"}}, max_lora_rank=64)
    args = stack.server().args
    named = args[args.index("--lora-modules") + 1 :][:2]
    assert named == tuple(f"{name}={stack.adapters[name].path(name)}" for name in ("art", "law"))
    assert {"--enable-lora", "--max-loras=2", "--max-lora-rank=64"} <= {*args}
    assert [each.model for each in stack.endpoints(Context())] == ["qwen", "law", "art"]
    assert stack.served().keys() == {"qwen", "law", "art"}


def test_the_key_comes_from_a_secret() -> None:
    (key,) = (each for each in pod(server(api_key=KEY))["containers"][0]["env"] if each["name"] == "VLLM_API_KEY")
    assert key["valueFrom"] == {"secretKeyRef": {"name": "keys", "key": "vllm"}}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"resources": {"gpus": 0}}, "computes on GPUs"),
        ({"models": {}}, "at least 1 item"),
        ({"models": {"a": MODEL, "b": MODEL}}, "at most 1 item"),
        ({"models": {"a": {**MODEL, "format": "sklearn"}}}, "serves huggingface; got 'sklearn'"),
        ({"adapters": {"qwen": ADAPTER}}, "is what the model is called as well"),
        ({"adapters": {"law": {**ADAPTER, "format": "onnx"}}}, "an adapter is huggingface, not 'onnx'"),
        ({"api_key": {"config_map": "keys", "key": "vllm"}}, "must be the key of a secret"),
        ({"flags": {"api-key": "x"}}, "would be in clear. Say api_key"),
        ({"flags": {"trust-remote-code": True}}, "runs what comes with the weights"),
        ({"flags": {"tensor-parallel-size": 2}}, "is the number of GPUs. Say resources"),
        ({"flags": {"port": 9000}}, "follows from a field of the stack"),
        ({"flags": {"Port": 9000}}, "should match pattern"),
        ({"max_lora_rank": 17}, "Input should be 8, 16"),
        ({"gpu_memory_utilization": 1.1}, "less than or equal to 1"),
    ],
)
def test_what_could_not_start_or_would_be_careless_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        server(**wrong)


def test_what_it_compiles_is_kept_by_a_claim_or_goes_with_the_pod() -> None:
    volumes = {each["name"]: each for each in pod(server(cache="compiled"))["volumes"]}
    assert volumes["cache"]["persistentVolumeClaim"] == {"claimName": "compiled"}
    assert "emptyDir" in {each["name"]: each for each in pod(server())["volumes"]}["cache"]
    (mount,) = (each for each in pod(server())["containers"][0]["volumeMounts"] if each["name"] == "cache")
    assert mount["mountPath"] == CACHE == server().server().env["VLLM_CACHE_ROOT"]


def test_gpus_exchange_tensors_in_memory() -> None:
    (shared,) = (each for each in pod(server(shared_memory="8Gi"))["volumes"] if each["name"] == "shared-memory")
    assert shared["emptyDir"] == {"medium": "Memory", "sizeLimit": "8Gi"}


def test_its_metrics_are_scraped_where_it_is_called() -> None:
    annotations = by_kind(server().objects(Context()))["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert (annotations["prometheus.io/port"], annotations["prometheus.io/path"]) == ("8000", "/metrics")


@pytest.mark.parametrize("api", ["chat/completions", "embeddings"])
def test_its_endpoint_is_that_of_the_openai_api(api: str) -> None:
    sample = {"model": "qwen", "messages": [{"role": "user", "content": "Say hello."}]}
    (endpoint,) = server(api=api, models={"qwen": {**MODEL, "sample": sample}}).endpoints(Context())
    assert endpoint.url == f"http://chat.models.svc/v1/{api}"
    assert endpoint.sample == sample


def test_its_spans_go_to_the_collector_where_there_is_one() -> None:
    traced = Context(conventions=Conventions(traces=Collector(namespace="tracing", service="otel", port=4317)))
    found = by_kind(server().objects(traced))
    args = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args[-1] == "--otlp-traces-endpoint=http://otel.tracing.svc:4317"
    assert 4317 in [port["port"] for rule in found["NetworkPolicy"]["spec"]["egress"] for port in rule["ports"]]
    assert not any("otlp" in each for each in pod(server())["containers"][0]["args"])
