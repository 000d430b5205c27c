"""A small language model behind the OpenAI API, on one GPU."""

from components.model import Model
from components.runtimes.vllm import VLLM

QWEN = Model(
    format="huggingface",
    uri="hf://Qwen/Qwen2.5-0.5B-Instruct@7ae557604adf67be50417f59c2c2f167def9a775",
    size="2Gi",
    sample={
        "model": "qwen",
        "messages": [{"role": "user", "content": "What is the capital of France? Answer with one word."}],
        "max_tokens": 8,
        "temperature": 0,
    },
    answer={"object": "chat.completion", "model": "qwen"},
)
"""Half a billion parameters, Apache-2.0."""

STACK = VLLM(name="qwen", owner="language", models={"qwen": QWEN}, max_model_len=8192)
