"""KServe: models as InferenceServices, without Knative (its Standard mode)."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.addon import Addon
from components.addons.cert_manager import CertManager
from components.addons.gateway_api import GatewayApi
from components.context import Context, Conventions, Profile
from components.errors import Mistake
from components.objects import platform_object, reserved
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import DnsLabel, Host, merged, split_image

NAME = "kserve"
VERSION = "v0.20.0"
REPOSITORY = "oci://ghcr.io/kserve/charts"
API = "serving.kserve.io"
OWN = "docker.io/kserve"
IMAGES = {
    f"{OWN}/kserve-controller:{VERSION}": (("kserve.controller.image", "kserve.controller.tag"),),
    f"{OWN}/agent:{VERSION}": (("kserve.agent.image", "kserve.agent.tag"),),
    f"{OWN}/router:{VERSION}": (("kserve.router.image", "kserve.router.tag"),),
    f"{OWN}/storage-initializer:{VERSION}": (
        ("kserve.storage.image", "kserve.storage.tag"),
        ("kserve.localmodel.defaultJobImage", "kserve.localmodel.defaultJobTag"),
    ),
    f"{OWN}/art-explainer:{VERSION}": (
        ("kserve.servingruntime.art.image", "kserve.servingruntime.art.defaultVersion"),
    ),
}
"""What the controller runs or puts into models' pods, and the keys of repository and tag."""
RBAC_PROXY = "quay.io/brancz/kube-rbac-proxy:v0.18.0"
Runtime = Literal[
    "mlserver", "tritonserver", "tensorflow", "sklearnserver", "xgbserver", "lgbserver", "huggingfaceserver"
]
RUNTIMES: dict[Runtime, str] = {
    "mlserver": "docker.io/seldonio/mlserver:1.7.1",
    "tritonserver": "nvcr.io/nvidia/tritonserver:26.07-py3",
    "tensorflow": "docker.io/tensorflow/serving:2.20.0",
    "sklearnserver": f"{OWN}/sklearnserver:{VERSION}",
    "xgbserver": f"{OWN}/xgbserver:{VERSION}",
    "lgbserver": f"{OWN}/lgbserver:{VERSION}",
    "huggingfaceserver": f"{OWN}/huggingfaceserver:{VERSION}",
}
"""Supported versions; the chart's own of the first three are years old, with known holes."""
HUGGING_FACE: Runtime = "huggingfaceserver"
"""With it comes one for several machines, whose image is the same with "-gpu" behind its version."""
LEFT_OUT = ("autogluonserver", "paddleserver", "pmmlserver", "predictiveserver", "torchserve", "vllmserver")
"""Archived, rarely asked for, or of an image without a version."""
MODEL: dict[Profile, dict[str, dict[str, str]]] = {
    "laptop": {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
    "production": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
}
"""What an InferenceService that does not say gets."""


def _gateway(text: str) -> str:
    namespace, slash, name = text.partition("/")
    if not (namespace and slash and name) or "/" in name:
        raise ValueError("must be NAMESPACE/NAME of a Gateway, such as istio-system/models")
    return text


class KServe(Addon):
    """`ingress_class` or `gateway` opens models at NAME-NAMESPACE.`domain`; without one of them they stay inside."""

    domain: Host = "models.example.com"
    ingress_class: DnsLabel | None = None
    gateway: Annotated[str, AfterValidator(_gateway)] | None = None
    runtimes: tuple[Runtime, ...] = Field(default=tuple(RUNTIMES)[:-1], min_length=1)
    """The servers that a model can ask for; all but Hugging Face's, which is many gigabytes."""
    graphs: bool = False
    """Whether InferenceGraphs run: KServe's router keeps no more than the baseline standard of pod security."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.ingress_class and self.gateway:
            raise ValueError("opens models both by ingress_class and by gateway. Choose one")
        return self

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        gateway = (GatewayApi,) if self.gateway and not context.traits.gateway_api else ()
        return (CertManager, *gateway)

    def conventions(self, given: Conventions) -> Conventions:
        """What routes of the stacks and limits of time depend on; and a router says no seccomp profile."""
        models = given.models.model_copy(update={"pod_security": "baseline"}) if self.graphs else given.models
        opens = {"kserve_routes": bool(self.gateway), "kserve_opens": bool(self.gateway or self.ingress_class)}
        return given.model_copy(update={"models": models, **opens})

    def mistakes(self, context: Context) -> Iterator[Mistake]:
        if context.production and self.domain == "models.example.com" and (self.ingress_class or self.gateway):
            yield Mistake(("domain",), "models would open below models.example.com, which is nobody's. Say your own")

    def unit(self, context: Context) -> Unit:
        profile = context.conventions.profile
        charts = (
            _chart("kserve-crd", {}),
            self._controller(profile).model_copy(update={"accepts": _service()}),
            self._runtimes(),
        )
        return Unit(name=NAME, namespace=Namespace(name=NAME), charts=charts, accepts=_service())

    def _controller(self, profile: Profile) -> Chart:
        controller = {
            "deploymentMode": "Standard",
            "resources": reserved("100m", "256Mi"),
            "rbacProxy": {"resources": reserved("10m", "64Mi")},
            "gateway": self._entry(),
        }
        values = {"controller": controller, "inferenceservice": {"resources": MODEL[profile]}}
        proxy = ChartImage(image=RBAC_PROXY, paths={"kserve.controller.rbacProxyImage": "{image}"})
        images = (*(_image(image, *keys) for image, keys in IMAGES.items()), proxy)
        return _chart("kserve-resources", values, images)

    def _entry(self) -> dict[str, Any]:
        closed = {"domain": self.domain, "disableIstioVirtualHost": True}
        if self.ingress_class:
            return {**closed, "ingressGateway": {"className": self.ingress_class}}
        if self.gateway:
            return {**closed, "ingressGateway": {"enableGatewayApi": True, "kserveGateway": self.gateway}}
        return {**closed, "disableIngressCreation": True}

    def _runtimes(self) -> Chart:
        unwanted = [*LEFT_OUT, *(name for name in RUNTIMES if name not in self.runtimes)]
        values: dict[str, Any] = {"enabled": True, **{name: {"disabled": True} for name in unwanted}}
        for name in self.runtimes:
            repository, tag = split_image(RUNTIMES[name])
            values = merged(values, {name: {"image": repository, "tag": tag}})
        key = "kserve.servingruntime"
        images = [_image(RUNTIMES[name], (f"{key}.{name}.image", f"{key}.{name}.tag")) for name in self.runtimes]
        if HUGGING_FACE in self.runtimes:
            images.append(ChartImage(image=f"{RUNTIMES[HUGGING_FACE]}-gpu", paths={}))
        return _chart("kserve-runtime-configs", {"servingruntime": values}, tuple(images))


def _chart(name: str, values: dict[str, Any], images: tuple[ChartImage, ...] = ()) -> Chart:
    given = {"kserve": values} if values else {}
    return Chart(name=name, repository=REPOSITORY, version=VERSION, release=name, values=given, images=images)


def _image(image: str, *keys: tuple[str, str]) -> ChartImage:
    paths = {key: text for pair in keys for key, text in zip(pair, ("{repository}", "{tag}"), strict=True)}
    return ChartImage(image=image, paths=paths)


def _service() -> KubernetesObject:
    """The least that its webhooks take."""
    model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/ready"}
    spec = {"predictor": {"model": model}}
    return platform_object(f"{API}/v1beta1", "InferenceService", "ready", NAME, of=NAME, spec=spec)
