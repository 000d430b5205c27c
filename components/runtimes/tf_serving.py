"""TensorFlow Serving: SavedModels, several in one server and each in several versions, over REST and gRPC."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from components import protocols
from components.context import Context
from components.flags import Scalar, spelled
from components.location.artefact import Files
from components.model import MODELS_FOLDER, Model
from components.model_server import ModelServer
from components.model_stack import Endpoint
from components.pods.probe import Probe
from components.pods.server import Server
from components.text_proto import dump
from components.tf_serving.batching import Batching
from components.tf_serving.flags import Flag
from components.tf_serving.saved_model import SavedModel
from components.values import DnsLabel, PinnedImage, Whole

VERSION = "2.20.0"
METRICS_PATH = "/monitoring/prometheus/metrics"


class TFServing(ModelServer):
    """One server process for one or several SavedModels."""

    formats = {"tensorflow": "tensorflow"}

    models: Annotated[dict[DnsLabel, SavedModel], Field(min_length=1)]
    image: PinnedImage = f"docker.io/tensorflow/serving:{VERSION}"
    batching: Batching | None = None
    """Whether requests that come together are computed together."""
    look_again_seconds: Whole = Field(default=0, ge=0)
    """How often it looks for new versions of its models; 0: at its start only, so that all replicas serve the same."""
    warm_up_rounds: Whole | None = Field(default=None, ge=1)
    """How often it runs the requests that a version carries for its warm-up, beyond once."""
    flags: dict[Flag, Scalar] = {}
    """Further flags of its own."""

    def server(self) -> Server:
        # The HTTP port is opened once every model is loaded; the status of a loaded model is 200 for good.
        served = Probe(path=f"/v1/models/{min(self.models)}")
        return Server(
            image=self.image,
            command=("tensorflow_model_server",),
            args=spelled(self._flags()),
            ports={"http": 8501, "grpc": 8500},
            metrics_port="http",
            metrics_path=METRICS_PATH,
            startup=served,
            ready=served,
            live=served,
        )

    def files(self) -> Files:
        models = [model.config(name) for name, model in sorted(self.models.items())]
        batching = {"batching.config": dump(self.batching.config())} if self.batching else {}
        return {
            "models.config": dump({"model_config_list": {"config": models}}),
            "monitoring.config": dump({"prometheus_config": {"enable": True, "path": METRICS_PATH}}),
            **batching,
        }

    def served(self) -> Mapping[str, Model]:
        return self.models

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        return self.endpoints_at(context, protocols.V1, self.models)

    def summary(self) -> tuple[str, ...]:
        return (*super().summary(), *(f"model {name}: {model.format}" for name, model in self.models.items()))

    def _flags(self) -> Iterator[tuple[str, Scalar]]:
        yield "port", 8500
        yield "rest_api_port", 8501
        yield "model_config_file", f"{MODELS_FOLDER}/models.config"
        yield "monitoring_config_file", f"{MODELS_FOLDER}/monitoring.config"
        yield "file_system_poll_wait_seconds", self.look_again_seconds
        # It would wait a minute before each retry, five times over; a container that ends is tried again sooner.
        yield "max_num_load_retries", 0
        if any(model.labels for model in self.models.values()):
            yield "allow_version_labels_for_unavailable_models", True
        if self.batching:
            yield "enable_batching", True
            yield "batching_parameters_file", f"{MODELS_FOLDER}/batching.config"
        if self.warm_up_rounds:
            yield "num_request_iterations_for_warmup", self.warm_up_rounds
        yield from sorted(self.flags.items())
