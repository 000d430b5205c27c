"""nginx behind an Ingress: whether a name that people open leads into the cluster."""

from typing import Any

from components.addon import Addon
from components.addons.istio import INGRESS_CLASS, Istio
from components.autoscaler import disruption_budget
from components.context import Context, Profile
from components.objects import HAS_HOST, labels, platform_object, spread, tls
from components.pods.restricted import DRAIN, RESTRICTED, of_pod
from components.pods.volume import Volume
from components.unit import KubernetesObject, Namespace, Unit
from components.values import DnsLabel, Host, PinnedImage, Resources

NAME = "hello-nginx"
SCRATCH = Volume(path="/tmp", size="16Mi")
SELECTOR = {"app.kubernetes.io/name": NAME}
PORT = 8080
REPLICAS: dict[Profile, int] = {"laptop": 1, "production": 2}


class HelloNginx(Addon):
    """Says "Welcome to nginx!" at http://`host`/, with `tls_secret` at https:// too: a Secret of type kubernetes.io/tls
    where the Ingress class looks for it."""

    host: Host = "nginx.example.it"
    tls_secret: DnsLabel | None = None
    ingress_class: DnsLabel = INGRESS_CLASS
    image: PinnedImage = "docker.io/nginxinc/nginx-unprivileged:1.29.8-alpine"
    resources: Resources = Resources(cpu="10m", cpu_limit="500m", memory="32Mi")

    def needs(self, context: Context) -> tuple[type[Addon], ...]:
        return (Istio,) if self.ingress_class == INGRESS_CLASS else ()

    def claims(self, context: Context) -> tuple[str, ...]:
        return (f"host {self.host}",)

    def unit(self, context: Context) -> Unit:
        replicas = REPLICAS[context.conventions.profile]
        metadata = {"name": NAME, "namespace": NAME, "labels": labels(NAME)}
        budget = [disruption_budget(metadata, SELECTOR)] if replicas > 1 else []
        objects = (self._deployment(replicas), _service(), self._ingress(), _network_policy(), *budget)
        return Unit(name=NAME, namespace=Namespace(name=NAME), objects=objects)

    def _deployment(self, replicas: int) -> KubernetesObject:
        pod = {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": of_pod(),
            "topologySpreadConstraints": [spread(SELECTOR)],
            "containers": [self._container()],
            "volumes": [SCRATCH.manifest("scratch")],
        }
        spec = {
            "replicas": replicas,
            "progressDeadlineSeconds": 120,
            "selector": {"matchLabels": SELECTOR},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}},
            "template": {"metadata": {"labels": labels(NAME)}, "spec": pod},
        }
        return _object("apps/v1", "Deployment", spec=spec)

    def _container(self) -> dict[str, Any]:
        answers = {"httpGet": {"path": "/", "port": "http"}}
        return {
            "name": "nginx",
            "image": self.image,
            "ports": [{"name": "http", "containerPort": PORT}],
            "resources": self.resources.requirements(),
            "startupProbe": {**answers, "periodSeconds": 1, "failureThreshold": 30},
            "readinessProbe": {**answers, "periodSeconds": 2},
            "livenessProbe": {**answers, "periodSeconds": 10},
            "lifecycle": DRAIN,
            "securityContext": RESTRICTED,
            "volumeMounts": [SCRATCH.mount("scratch")],
        }

    def _ingress(self) -> KubernetesObject:
        service = {"service": {"name": NAME, "port": {"number": 80}}}
        paths = [{"path": "/", "pathType": "Prefix", "backend": service}]
        rules = [{"host": self.host, "http": {"paths": paths}}]
        spec = {"ingressClassName": self.ingress_class, **tls(self.host, self.tls_secret), "rules": rules}
        return _object("networking.k8s.io/v1", "Ingress", metadata=HAS_HOST, spec=spec)


def _object(api: str, kind: str, **parts: Any) -> KubernetesObject:
    return platform_object(api, kind, NAME, NAME, of=NAME, **parts)


def _service() -> KubernetesObject:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return _object("v1", "Service", spec={"selector": SELECTOR, "ports": ports})


def _network_policy() -> KubernetesObject:
    """Anyone in the cluster may ask it; it asks nobody."""
    opened = [{"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": "http"}]}]
    spec = {"podSelector": {"matchLabels": SELECTOR}, "policyTypes": ["Ingress", "Egress"], "ingress": opened}
    return _object("networking.k8s.io/v1", "NetworkPolicy", spec=spec)
