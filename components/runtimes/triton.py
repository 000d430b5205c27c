"""Triton: ONNX, TensorRT, PyTorch, OpenVINO and Python models over the Open Inference (V2) protocol."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, field_validator

from components import protocols
from components.checked import Checked
from components.context import Context
from components.errors import Mistake
from components.flags import Scalar, spelled
from components.location.artefact import Files
from components.model import MODELS_FOLDER, Model
from components.model_server import ModelServer
from components.model_stack import Endpoint
from components.pods.probe import Probe
from components.pods.server import Server, Source
from components.pods.volume import Volume
from components.text_proto import dump
from components.triton import repository
from components.triton.ensemble import Ensemble
from components.triton.flags import Flag
from components.triton.model import TritonModel
from components.values import Bytes, DnsLabel, PinnedImage

FLOOR = "26.07"
"""What is older has known holes."""
GUARDED = "model-repository,shared-memory,trace,logging"
"""What only who may read the pod's uid may call: it loads and unloads models, and maps memory."""


class Triton(Checked, ModelServer):
    """One server process for one or several models, and for ensembles of them."""

    formats = {
        "onnx": "onnxruntime",
        "openvino": "openvino",
        "python": "python",
        "pytorch": "pytorch",
        "tensorrt": "tensorrt",
    }

    models: Annotated[dict[DnsLabel, TritonModel], Field(min_length=1)]
    ensembles: dict[DnsLabel, Ensemble] = {}
    image: PinnedImage = f"nvcr.io/nvidia/tritonserver:{FLOOR}-py3"
    shared_memory: Bytes = "256Mi"
    """At /dev/shm, of its memory: through it the processes of Python models exchange tensors."""
    flags: dict[Flag, Scalar] = {}
    """Further flags of its own."""

    @field_validator("image")
    @classmethod
    def _without_known_holes(cls, image: str) -> str:
        found = re.fullmatch(r"nvcr\.io/nvidia/tritonserver:(\d\d\.\d\d)-.*", image)
        if found and found[1] < FLOOR:
            raise ValueError(f"has known holes, as every one before {FLOOR}. Take {FLOOR} or a newer one")
        return image

    def _refusals(self) -> Iterator[Mistake]:
        for name, ensemble in self.ensembles.items():
            yield from (Mistake(("ensembles", name), each) for each in ensemble.mistakes(self.models))
            if name in self.models:
                yield Mistake(("ensembles", name), "is what a model is called as well. Rename one")
        for name, model in self.models.items():
            if not self.resources.gpus and model.wants_gpu:
                yield Mistake(("models", name), "computes on GPUs, and the stack has none. Say resources: {gpus: 1}")

    def server(self) -> Server:
        ready = Probe(path="/v2/health/ready")
        return Server(
            image=self.image,
            command=("/bin/sh", f"{MODELS_FOLDER}/start.sh"),
            args=spelled(self._flags()),
            env_from={"ADMIN_KEY": Source(field="metadata.uid")},
            ports={"http": 8000, "grpc": 8001, "metrics": 8002},
            startup=ready,
            ready=ready,
            live=Probe(path="/v2/health/live"),
            volumes={"shared-memory": Volume(path="/dev/shm", size=self.shared_memory, memory=True)},
        )

    def files(self) -> Files:
        models = {name: model for name, model in sorted(self.models.items()) if not model.as_directory}
        configs = {name: model.config(name, self.formats.get(model.format, "")) for name, model in models.items()}
        configs |= {name: ensemble.config(name) for name, ensemble in sorted(self.ensembles.items())}
        return {
            "start.sh": repository.script(self.models, self.ensembles),
            **{f"{name}/{repository.CONFIG}": dump(config) for name, config in configs.items()},
        }

    def served(self) -> Mapping[str, Model]:
        return self.models

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        return self.endpoints_at(context, protocols.V2, {**self.models, **self.ensembles})

    def summary(self) -> tuple[str, ...]:
        ensembles = (f"ensemble {name}" for name in self.ensembles)
        models = (f"model {name}: {model.format}" for name, model in self.models.items())
        return (*super().summary(), *ensembles, *models)

    def _flags(self) -> Iterator[tuple[str, Scalar]]:
        yield "model-repository", repository.FOLDER
        yield "model-control-mode", "explicit"
        yield from (("load-model", name) for name in sorted((*self.models, *self.ensembles)))
        yield "strict-readiness", True
        yield "http-port", 8000
        yield "grpc-port", 8001
        yield "metrics-port", 8002
        yield "allow-gpu-metrics", self.resources.gpus > 0
        yield "http-restricted-api", f"{GUARDED}:admin-key=$(ADMIN_KEY)"
        yield "grpc-restricted-protocol", f"{GUARDED}:admin-key=$(ADMIN_KEY)"
        yield from sorted(self.flags.items())
