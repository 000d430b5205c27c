"""MLServer: classical models, Hugging Face's, and classes of one's own over the Open Inference (V2) protocol."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from components import protocols
from components.context import Context
from components.location.artefact import Files
from components.mlserver.model import IMPLEMENTATIONS, ServedModel
from components.mlserver.tracing import tracing
from components.model import MODELS_FOLDER, Model
from components.model_server import ModelServer
from components.model_stack import Endpoint
from components.pods.probe import Probe
from components.pods.server import Server
from components.values import DnsLabel, PinnedImage, Whole

VERSION = "1.7.1"


class MLServer(ModelServer):
    """One server process, with one model or several small ones that share its memory."""

    formats = IMPLEMENTATIONS

    models: Annotated[dict[DnsLabel, ServedModel], Field(min_length=1)]
    image: PinnedImage | None = None
    """None takes the official image of the models' format; the one with every format where they differ."""
    parallel_workers: Whole = Field(default=0, ge=0, le=64)
    """Processes beside the server's own that compute; each loads every model."""

    def server(self) -> Server:
        # /v2/health/ready is 200 without any model too, but a server that fails to load one ends: after its start, all
        # of several are there.
        first = f"/v2/models/{min(self.models)}/ready"
        return Server(
            image=self.image or self._official_image(),
            command=("mlserver", "start", MODELS_FOLDER),
            env={"HOME": "/tmp"},
            traces_env=tracing(self.name, "{address}"),
            ports={"http": 8080, "grpc": 8081, "metrics": 8082},
            startup=Probe(path=first),
            ready=Probe(path="/v2/health/ready" if len(self.models) > 1 else first),
            live=Probe(path="/v2/health/live"),
        )

    def files(self) -> Files:
        models = sorted(self.models.items())
        files: Files = {f"{name}/model-settings.json": _text(model.settings(name)) for name, model in models}
        return {"settings.json": _text(self._settings()), **files}

    def served(self) -> Mapping[str, Model]:
        return self.models

    def endpoints(self, context: Context) -> tuple[Endpoint, ...]:
        return self.endpoints_at(context, protocols.V2, self.models)

    def summary(self) -> tuple[str, ...]:
        return (*super().summary(), *(f"model {name}: {model.format}" for name, model in self.models.items()))

    def _settings(self) -> dict[str, Any]:
        folders = {"environments_dir": "/tmp/environments", "metrics_dir": "/tmp/metrics"}
        workers = folders if self.parallel_workers else {}
        return {"debug": False, "parallel_workers": self.parallel_workers, **workers}

    def _official_image(self) -> str:
        formats = {model.format for model in self.models.values()}
        suffix = f"-{formats.pop()}" if len(formats) == 1 and "python" not in formats else ""
        return f"docker.io/seldonio/mlserver:{VERSION}{suffix}"


def _text(settings: dict[str, Any]) -> str:
    return json.dumps(settings, indent=2, sort_keys=True) + "\n"
