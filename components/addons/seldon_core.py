"""Seldon Core 1: graphs of models, with canaries, shadows and explainers, as SeldonDeployments."""

from collections.abc import Iterator
from functools import reduce
from itertools import starmap
from typing import Any, Literal, Self

from pydantic import model_validator

from components.addon import Addon
from components.addons.cert_manager import CertManager
from components.addons.istio import Istio
from components.context import Context, Conventions, Profile
from components.errors import Mistake
from components.mirror import nested
from components.objects import excepted, platform_object
from components.pods.restricted import WRITING, of_pod
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import merged, split_image

NAME = "seldon-core"
NAMESPACE = "seldon-system"
Version = Literal["1.17.1", "1.18.0", "1.18.1", "1.18.2"]
FREE: Version = "1.17.1"
"""The last version under the Apache License; those after it are under the Business Source License 1.1."""
API = "machinelearning.seldon.io/v1"

Values = dict[str, Any]

SIZES: dict[Profile, dict[str, Values]] = {
    "laptop": {
        "manager": {"cpuRequest": "10m", "cpuLimit": "500m", "memoryRequest": "64Mi", "memoryLimit": "256Mi"},
        "executor": {"cpuRequest": "20m", "cpuLimit": "500m", "memoryRequest": "64Mi", "memoryLimit": "256Mi"},
        "storageInitializer": {"cpuRequest": "20m", "cpuLimit": "1", "memoryRequest": "64Mi", "memoryLimit": "512Mi"},
    },
    "production": {
        "manager": {"cpuRequest": "100m", "cpuLimit": "1", "memoryRequest": "256Mi", "memoryLimit": "512Mi"},
        "executor": {"cpuRequest": "250m", "cpuLimit": "2", "memoryRequest": "256Mi", "memoryLimit": "512Mi"},
        "storageInitializer": {"cpuRequest": "100m", "cpuLimit": "1", "memoryRequest": "256Mi", "memoryLimit": "2Gi"},
    },
}
"""The operator; what stands before each model and routes; what fetches a model before its server starts."""
MLSERVER = "docker.io/seldonio/mlserver:1.7.1"
SERVERS = {
    "SKLEARN_SERVER.protocols.v2": f"{MLSERVER}-sklearn",
    "XGBOOST_SERVER.protocols.v2": f"{MLSERVER}-xgboost",
    "MLFLOW_SERVER.protocols.v2": f"{MLSERVER}-mlflow",
    "HUGGINGFACE_SERVER.protocols.v2": f"{MLSERVER}-huggingface",
    "TEMPO_SERVER.protocols.v2": f"{MLSERVER}-slim",
    "TENSORFLOW_SERVER.protocols.tensorflow": "docker.io/tensorflow/serving:2.20.0",
    "TRITON_SERVER.protocols.v2": "nvcr.io/nvidia/tritonserver:26.07-py3",
}
"""Supported model servers, where the chart names some of 2021 to 2023."""
OWN_SERVERS = {
    "SKLEARN_SERVER.protocols.seldon": "sklearnserver",
    "XGBOOST_SERVER.protocols.seldon": "xgboostserver",
    "MLFLOW_SERVER.protocols.seldon": "mlflowserver",
    "TENSORFLOW_SERVER.protocols.seldon": "tfserving-proxy",
}
"""Seldon Core's own, of its version, for its own protocol."""
EXPLAINER = f"{MLSERVER}-alibi-explain"
REPORTER = ChartImage(image="gcr.io/google_containers/spartakus-amd64:v1.1.0", paths={})


class SeldonCore(Addon):
    """The operator, behind Istio's gateway unless `istio` is false: Services of the cluster only."""

    version: Version = FREE
    accept_business_source_license: bool = False
    """Says that https://github.com/SeldonIO/seldon-core/blob/v1.18.2/LICENSE has been read and is kept to."""
    istio: bool = True
    usage_metrics: bool = False
    """Whether it tells its makers about itself."""

    @model_validator(mode="after")
    def _licensed(self) -> Self:
        if self.version != FREE and not self.accept_business_source_license:
            fact = f"version {self.version} is under the Business Source License 1.1, which asks for a contract"
            raise ValueError(f"{fact}. Stay with {FREE}, or say `accept_business_source_license: true`")
        return self

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (*((Istio,) if self.istio else ()), *((CertManager,) if context.conventions.certificates else ()))

    def conventions(self, given: Conventions) -> Conventions:
        """What the operator adds to a pod keeps no more than the baseline standard: it drops no capabilities."""
        models = given.models.model_copy(update={"pod_security": "baseline"})
        return given.model_copy(update={"models": models, "graph_routes": self.istio})

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if self.usage_metrics and context.conventions.mirror.images:
            fact = f"runs {REPORTER.image}, whose place the chart lets nobody change"
            yield Mistake(("usage_metrics",), f"{fact}. Leave it out where images are mirrored")

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name="seldon-core-operator",
            repository="https://storage.googleapis.com/seldon-charts",
            version=self.version,
            release="seldon-core-operator",
            values=self._values(context),
            images=(*self._operator(), *_servers(self.version), *([REPORTER] if self.usage_metrics else [])),
        )
        return Unit(name=NAME, namespace=Namespace(name=NAMESPACE), charts=(chart,), accepts=_smallest())

    def _values(self, context: Context) -> Values:
        sizes = SIZES[context.conventions.profile]
        own = {
            **({"certManager": {"enabled": True}} if context.conventions.certificates else {}),
            **({"istio": {"enabled": True}} if self.istio else {}),
            **({"usageMetrics": {"enabled": True}} if self.usage_metrics else {}),
            "manager": {**sizes["manager"], "containerSecurityContext": {"securityContext": {**WRITING, **of_pod()}}},
            "executor": {"resources": sizes["executor"]},
            "storageInitializer": sizes["storageInitializer"],
            "explainer": {"image_v2": EXPLAINER},
            "crd": {"annotations": {"helm.sh/resource-policy": "keep", **self._acknowledged()}},
        }
        return reduce(merged, starmap(_pinned, SERVERS.items()), own)

    def _acknowledged(self) -> dict[str, str]:
        return (
            {} if self.version == FREE else excepted(licence_acknowledged="the environment accepts it")["annotations"]
        )

    def _operator(self) -> Iterator[ChartImage]:
        for part, path in (("operator", "image"), ("executor", "executor.image")):
            image = f"docker.io/seldonio/seldon-core-{part}:{self.version}"
            paths = {"registry": "{registry}", "repository": "{path}", "tag": "{tag}"}
            yield ChartImage(image=image, paths={f"{path}.{key}": text for key, text in paths.items()})
        for image, path in (
            (f"docker.io/seldonio/rclone-storage-initializer:{self.version}", "storageInitializer.image"),
            (f"docker.io/seldonio/alibiexplainer:{self.version}", "explainer.image"),
            (EXPLAINER, "explainer.image_v2"),
        ):
            yield ChartImage(image=image, paths={path: "{image}"})


def _servers(version: str) -> Iterator[ChartImage]:
    own = {place: f"docker.io/seldonio/{name}:{version}" for place, name in OWN_SERVERS.items()}
    for place, image in (SERVERS | own).items():
        path = f"predictor_servers.{place}"
        paths = {f"{path}.image": "{repository}", f"{path}.defaultImageVersion": "{tag}"}
        yield ChartImage(image=image, paths=paths)


def _pinned(place: str, image: str) -> Values:
    name, tag = split_image(image)
    return nested(f"predictor_servers.{place}", {"image": name, "defaultImageVersion": tag})


def _smallest() -> KubernetesObject:
    """The smallest SeldonDeployment that the webhook takes; it reads the table of servers for it."""
    graph = {"name": "ready", "implementation": "SKLEARN_SERVER", "modelUri": "s3://ready"}
    spec = {"predictors": [{"name": "ready", "graph": graph}]}
    return platform_object(API, "SeldonDeployment", "ready", NAMESPACE, of=NAME, spec=spec)
