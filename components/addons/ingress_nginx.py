"""ingress-nginx: Ingresses answered by NGINX, for clusters that use it already."""

from typing import Any, Literal, Self

from pydantic import model_validator

from components.addon import Addon
from components.context import Context, Conventions, Profile
from components.objects import excepted, platform_object, reserved, spread
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import DnsLabel, merged

NAME = "ingress-nginx"
VERSION = "4.15.1"
RETIRED = "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/"
CONTROLLER = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "controller"}
MEMORY: dict[Profile, str] = {"laptop": "192Mi", "production": "512Mi"}
IMAGES = {
    "registry.k8s.io/ingress-nginx/controller:v1.15.1": "controller.image",
    "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9": "controller.admissionWebhooks.patch.image",
}
"""The chart adds their digests, which a mirror need not have kept."""


class IngressNginx(Addon):
    """The last release of a project that ended in March 2026; `accept_retired` says that this is known."""

    accept_retired: bool = False
    ingress_class: DnsLabel = "nginx"
    default: bool = False
    """Whether it answers Ingresses that name no class."""
    service: Literal["LoadBalancer", "ClusterIP"] = "LoadBalancer"
    access_log: bool = False
    """Whether it writes a line of each request: who asked, for what, and what came of it; never a body."""

    @model_validator(mode="after")
    def _retirement_is_known(self) -> Self:
        if not self.accept_retired:
            fact = f"ingress-nginx has had no release and no security fix since March 2026 ({RETIRED})"
            raise ValueError(f"{fact}. Use istio, or say accept_retired: true")
        return self

    def claims(self, context: Context) -> tuple[str, ...]:
        own = f"ingress class {self.ingress_class}"
        return (own, "default ingress class") if self.default else (own,)

    def conventions(self, given: Conventions) -> Conventions:
        return given.model_copy(update={"nginx_class": self.ingress_class})

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name=NAME,
            repository="https://kubernetes.github.io/ingress-nginx",
            version=VERSION,
            release=NAME,
            values={"controller": self._controller(context.conventions.profile)},
            images=tuple(_image(image, path) for image, path in IMAGES.items()),
        )
        return Unit(name=NAME, namespace=Namespace(name=NAME), charts=(chart,), accepts=self._ingress())

    def _controller(self, profile: Profile) -> dict[str, Any]:
        jobs = {job: {"resources": reserved("10m", "64Mi")} for job in ("createSecretJob", "patchWebhookJob")}
        opened = {} if self.service == "ClusterIP" else excepted(service_exposure="the one door of the cluster")
        values: dict[str, Any] = {
            "ingressClass": self.ingress_class,
            "ingressClassResource": {"name": self.ingress_class, "default": self.default},
            "watchIngressWithoutClass": self.default,
            "electionID": f"{self.ingress_class}-leader",
            "service": {"type": self.service, **opened},
            "config": {"disable-access-log": str(not self.access_log).lower()},
            "resources": reserved("100m", MEMORY[profile]),
            "admissionWebhooks": jobs,
        }
        several = {"replicaCount": 2, "topologySpreadConstraints": [spread(CONTROLLER)]}
        return merged(values, several if profile == "production" else {})

    def _ingress(self) -> KubernetesObject:
        """What its webhook looks at."""
        backend = {"service": {"name": "ready", "port": {"number": 80}}}
        path = {"path": "/", "pathType": "Prefix", "backend": backend}
        rules = [{"host": "ready.example.com", "http": {"paths": [path]}}]
        spec = {"ingressClassName": self.ingress_class, "rules": rules}
        return platform_object("networking.k8s.io/v1", "Ingress", "ready", NAME, of=NAME, spec=spec)


def _image(image: str, path: str) -> ChartImage:
    parts = {"image": "{path}", "tag": "{tag}", "digest": ""}
    own = {f"{path}.{part}": text for part, text in parts.items()}
    return ChartImage(image=image, paths={"global.image.registry": "{registry}", **own})
