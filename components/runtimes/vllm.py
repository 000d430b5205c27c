"""vLLM: language models behind the OpenAI API, on GPUs."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from components.checked import Checked
from components.context import Context
from components.errors import Mistake
from components.flags import Scalar
from components.model import Model
from components.model_server import ModelServer
from components.model_stack import Endpoint
from components.pods.probe import Probe
from components.pods.server import Server, Source
from components.pods.volume import Volume
from components.values import Bytes, DnsLabel, Number, PinnedImage, Resources, Whole

VERSION = "0.33.0"
CACHE = "/var/cache/vllm"
Flag = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*[a-z0-9]$")]
REFUSED = {
    "api-key": "would be in clear. Say api_key",
    "trust-remote-code": "runs what comes with the weights. Take a model that vLLM knows, or build an image",
    "tensor-parallel-size": "is the number of GPUs. Say resources",
}
"""Flags, and why they are none that a stack may set."""


class VLLM(Checked, ModelServer):
    """One language model, on all GPUs of its pod, and adapters of it."""

    formats = {"huggingface": "auto"}

    models: Annotated[dict[DnsLabel, Model], Field(min_length=1, max_length=1)]
    """One: a folder as Hugging Face keeps them."""
    adapters: dict[DnsLabel, Model] = {}
    """LoRA adapters, each called as a model of its own."""
    max_lora_rank: Literal[8, 16, 32, 64, 128, 256, 320, 512] = 16
    """The largest rank among the adapters."""
    image: PinnedImage = f"docker.io/vllm/vllm-openai:v{VERSION}"
    api: Literal["chat/completions", "completions", "embeddings", "score", "responses"] = "chat/completions"
    """What of the OpenAI API its samples are requests of."""
    api_key: Source | None = None
    """Who calls /v1 must know it."""
    max_model_len: Whole | None = Field(default=None, ge=1)
    """Tokens of a request and its answer together; None: what the model was made for."""
    dtype: Literal["auto", "half", "float16", "bfloat16", "float", "float32"] = "auto"
    quantization: str | None = None
    """How its weights are packed, where its own configuration does not say; `fp8` packs them on loading."""
    gpu_memory_utilization: Number = Field(default=0.9, gt=0, le=1)
    cache: DnsLabel | None = None
    """The claim that keeps what it compiles from one start to the next; None: compiled at each start."""
    shared_memory: Bytes = "2Gi"
    """At /dev/shm, of its memory: through it the processes of several GPUs exchange tensors."""
    access_log: bool = False
    """Whether it writes a line of each request: who asked, for what, and what came of it; never a prompt."""
    flags: dict[Flag, Scalar] = {}
    """Further flags of `vllm serve`, which refuses to start with one that it does not know."""
    resources: Resources = Resources(cpu="2", cpu_limit="8", memory="16Gi", gpus=1)
    startup_seconds: Whole = Field(default=1800, ge=10, le=3600)

    def _refusals(self) -> Iterator[Mistake]:
        if not self.resources.gpus:
            yield Mistake(("resources", "gpus"), "vLLM's image computes on GPUs. Say 1 or more")
        for name, adapter in self.adapters.items():
            if name in self.models:
                yield Mistake(("adapters", name), "is what the model is called as well. Rename one")
            if adapter.format not in self.formats:
                fact = f"an adapter is huggingface, not {adapter.format!r}"
                yield Mistake(("adapters", name, "format"), f"{fact}. Save it so")
        if self.api_key and not self.api_key.secret:
            yield Mistake(("api_key",), "must be the key of a secret. Put it into one")
        for flag in sorted(self.flags.keys() & {*REFUSED, *_names(self._arguments())}):
            yield Mistake(("flags", flag), REFUSED.get(flag, "follows from a field of the stack. Say it there"))

    def server(self) -> Server:
        healthy = Probe(path="/health")
        cache = Volume(path=CACHE, claim=self.cache) if self.cache else Volume(path=CACHE, size="10Gi")
        return Server(
            image=self.image,
            command=("vllm", "serve"),
            args=(*self._arguments(), *(_spelled(flag, self.flags[flag]) for flag in sorted(self.flags))),
            # Its user has no name in the image, and PyTorch asks for one.
            env={"HOME": "/tmp", "USER": "vllm", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
            | {"VLLM_CACHE_ROOT": CACHE, "TRITON_CACHE_DIR": f"{CACHE}/triton"},
            env_from={"VLLM_API_KEY": self.api_key} if self.api_key else {},
            traces_args=("--otlp-traces-endpoint={address}",),
            ports={"http": 8000},
            metrics_port="http",
            startup=healthy,
            ready=healthy,
            live=healthy,
            volumes={"shared-memory": Volume(path="/dev/shm", size=self.shared_memory, memory=True), "cache": cache},
        )

    def served(self) -> Mapping[str, Model]:
        return {**self.models, **self.adapters}

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        return self.endpoints_at(context, f"v1/{self.api}", self.served())

    def summary(self) -> tuple[str, ...]:
        adapters = (f"adapter {name}" for name in self.adapters)
        return (*super().summary(), *adapters, *(f"model {name}: huggingface" for name in self.models))

    def _arguments(self) -> Iterator[str]:
        ((name, model),) = self.models.items()
        yield model.path(name)
        yield f"--served-model-name={name}"
        yield "--port=8000"
        yield f"--tensor-parallel-size={self.resources.gpus}"
        yield f"--dtype={self.dtype}"
        yield f"--gpu-memory-utilization={self.gpu_memory_utilization}"
        yield from [] if self.access_log else ["--disable-uvicorn-access-log"]
        yield from (f"--max-model-len={length}" for length in [self.max_model_len] if length)
        yield from (f"--quantization={how}" for how in [self.quantization] if how)
        if self.adapters:
            yield from ("--enable-lora", f"--max-loras={len(self.adapters)}", f"--max-lora-rank={self.max_lora_rank}")
            yield "--lora-modules"
            yield from (f"{name}={adapter.path(name)}" for name, adapter in sorted(self.adapters.items()))


def _names(arguments: Iterator[str]) -> set[str]:
    return {each.removeprefix("--").partition("=")[0] for each in arguments if each.startswith("--")}


def _spelled(flag: str, value: Scalar) -> str:
    """A truth is the flag itself, or its opposite."""
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    return f"--{flag}={value}"
