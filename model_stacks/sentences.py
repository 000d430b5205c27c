"""Sentences as 384 numbers each, alike where their meanings are: Text Embeddings Inference on CPUs."""

from components.model import Model
from components.pods.probe import Probe
from components.runtimes.container import Container
from components.values import Resources

BGE = Model(format="huggingface", uri="hf://BAAI/bge-small-en-v1.5@5c38ec7c405ec4b44b94cc5a9bb96e735b38267a")

STACK = Container(
    name="sentences",
    owner="language",
    image="ghcr.io/huggingface/text-embeddings-inference:cpu-1.9",
    args=("--model-id", BGE.path("bge"), "--port", "8080", "--prometheus-port", "9000"),
    env={"HF_HUB_OFFLINE": "1"},
    models={"bge": BGE},
    ports={"http": 8080, "metrics": 9000},
    ready=Probe(path="/health"),
    metrics_port="metrics",
    request_path="/v1/embeddings",
    sample={"input": "A ship slides down the slipway.", "model": "bge"},
    answer={"object": "list"},
    resources=Resources(cpu="1", cpu_limit="4", memory="2Gi"),
)
