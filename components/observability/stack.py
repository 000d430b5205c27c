"""kube-prometheus-stack: the chart of Prometheus, Alertmanager, Grafana and what they read."""

from functools import reduce
from typing import Any, NamedTuple

from components.context import Profile
from components.objects import HAS_HOST, reserved
from components.unit import Chart, ChartImage
from components.values import Bytes, DnsLabel, Host, amount, merged

VERSION = "88.5.3"
OPERATOR = "v0.93.1"
IMAGES = {
    "prometheus.prometheusSpec.image": "quay.io/prometheus/prometheus:v3.14.0-distroless",
    "alertmanager.alertmanagerSpec.image": "quay.io/prometheus/alertmanager:v0.34.0",
    "prometheusOperator.image": f"quay.io/prometheus-operator/prometheus-operator:{OPERATOR}",
    "prometheusOperator.prometheusConfigReloader.image": (
        f"quay.io/prometheus-operator/prometheus-config-reloader:{OPERATOR}"
    ),
    "prometheusOperator.admissionWebhooks.patch.image": "ghcr.io/jkroepke/kube-webhook-certgen:1.8.7",
    "crds.upgradeJob.image.busybox": "docker.io/busybox:1.38.0",
    "crds.upgradeJob.image.kubectl": "registry.k8s.io/kubectl:v1.34.1",
    "kube-state-metrics.image": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0",
    "prometheus-node-exporter.image": "quay.io/prometheus/node-exporter:v1.12.1-distroless",
    "grafana.image": "docker.io/grafana/grafana:13.2.0",
    "grafana.sidecar.image": "quay.io/kiwigrid/k8s-sidecar:2.10.1",
}
"""What runs, by the part of the values that says which `registry` and `repository` it comes from."""
SELECTORS = ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")
UNREACHABLE = ("kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
"""What neither a cloud's control plane nor k3s lets anybody scrape."""
SHARE = 85
"""Percent of its volume that Prometheus fills before it drops the oldest; the rest is for what it is writing."""


class Size(NamedTuple):
    """What a replica of Prometheus keeps and reserves, and how many replicas Prometheus and Alertmanager have."""

    days: int
    storage: str
    interval: str
    cpu: str
    memory: str
    replicas: int


SIZES = {
    "laptop": Size(2, "5Gi", "60s", cpu="100m", memory="768Mi", replicas=1),
    "production": Size(15, "50Gi", "30s", cpu="500m", memory="4Gi", replicas=2),
}


class Storage(NamedTuple):
    """Where Prometheus keeps what it has seen; None takes the profile's size, or the cluster's default class.

    Without `lasting` it goes with the pod.
    """

    days: int | None
    size: Bytes | None
    storage_class: DnsLabel | None
    lasting: bool


class Door(NamedTuple):
    """Where Grafana is opened, and by the controller of which ingress class; None: the cluster's default."""

    host: Host
    tls_secret: DnsLabel | None
    ingress_class: DnsLabel | None


def chart(release: str, profile: Profile, storage: Storage, parts: tuple[dict[str, Any], ...]) -> Chart:
    """The chart for a profile; `parts` are further values, such as those of `told` and `grafana`."""
    values = (_operator(), _prometheus(SIZES[profile], storage), _alertmanager(SIZES[profile]), _exporters())
    return Chart(
        name="kube-prometheus-stack",
        repository="https://prometheus-community.github.io/helm-charts",
        version=VERSION,
        release=release,
        values=reduce(merged, (*values, _available() if SIZES[profile].replicas > 1 else {}, *parts)),
        images=tuple(_image(image, path) for path, image in IMAGES.items()),
    )


def told(receiver: dict[str, Any], secret: str) -> dict[str, Any]:
    """The values by which every alert but those that prove that alerts arrive goes to `receiver`."""
    heartbeats = {"receiver": "null", "matchers": ['alertname =~ "Watchdog|InfoInhibitor"']}
    config = {
        "route": {"receiver": receiver["name"], "routes": [heartbeats]},
        "receivers": [{"name": "null"}, receiver],
    }
    return {"alertmanager": {"config": config, "alertmanagerSpec": {"secrets": [secret]}}}


def grafana(admin: str, door: Door | None) -> dict[str, Any]:
    """The values of a Grafana whose user `admin` has the password of the Secret `admin`, and that calls nobody."""
    user = {"env": {"REQ_USERNAME": "admin"}}
    settings: dict[str, Any] = {
        "analytics": {"check_for_updates": False, "check_for_plugin_updates": False, "reporting_enabled": False},
        "plugins": {"preinstall_disabled": True},
    }
    values: dict[str, Any] = {
        "admin": {"existingSecret": admin},
        "env": {"GF_SECURITY_ADMIN_USER": "admin"},
        "grafana.ini": settings,
        "resources": reserved("50m", "384Mi"),
        "sidecar": {"dashboards": user, "datasources": user, "resources": reserved("10m", "128Mi")},
        "testFramework": {"enabled": False},
    }
    return {"grafana": merged(values, _opened(door) if door else {})}


def _opened(door: Door) -> dict[str, Any]:
    scheme = "https" if door.tls_secret else "http"
    ingress = {
        "enabled": True,
        "hosts": [door.host],
        **({"ingressClassName": door.ingress_class} if door.ingress_class else {}),
        **({"tls": [{"secretName": door.tls_secret, "hosts": [door.host]}]} if door.tls_secret else {}),
        **HAS_HOST,
    }
    return {"ingress": ingress, "grafana.ini": {"server": {"root_url": f"{scheme}://{door.host}"}}}


def _operator() -> dict[str, Any]:
    """The operator, and the job by which definitions are upgraded: Helm installs them once and never again."""
    tags = {name: IMAGES[f"crds.upgradeJob.image.{name}"].rpartition(":")[2] for name in ("busybox", "kubectl")}
    job = {"enabled": True, "image": {name: {"tag": tag} for name, tag in tags.items()}}
    return {
        **{part: {"enabled": False} for part in UNREACHABLE},
        "crds": {"upgradeJob": {**job, "resources": reserved("50m", "128Mi")}},
        "prometheusOperator": {
            "resources": reserved("50m", "192Mi"),
            "prometheusConfigReloader": {"resources": reserved("10m", "64Mi")},
            "admissionWebhooks": {"patch": {"resources": reserved("10m", "64Mi")}},
        },
    }


def _prometheus(size: Size, storage: Storage) -> dict[str, Any]:
    """One that takes up every monitor and rule of the cluster, whichever release it belongs to."""
    room = storage.size or size.storage
    spec = {
        **{f"{each}SelectorNilUsesHelmValues": False for each in SELECTORS},
        "replicas": size.replicas,
        "scrapeInterval": size.interval,
        "evaluationInterval": size.interval,
        "retention": f"{storage.days or size.days}d",
        "retentionSize": f"{int(amount(room)) * SHARE // 100 // 2**20}MB",
        "resources": reserved(size.cpu, size.memory),
        "storageSpec": _claim(room, storage.storage_class) if storage.lasting else {"emptyDir": {"sizeLimit": room}},
    }
    return {"prometheus": {"prometheusSpec": spec}}


def _alertmanager(size: Size) -> dict[str, Any]:
    return {"alertmanager": {"alertmanagerSpec": {"replicas": size.replicas, "resources": reserved("10m", "64Mi")}}}


def _claim(room: str, storage_class: str | None) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": room}}}
    named = {"storageClassName": storage_class} if storage_class else {}
    return {"volumeClaimTemplate": {"spec": {**spec, **named}}}


def _exporters() -> dict[str, Any]:
    return {
        "kube-state-metrics": {"resources": reserved("10m", "128Mi")},
        "prometheus-node-exporter": {"resources": reserved("10m", "64Mi")},
    }


def _available() -> dict[str, Any]:
    """Replicas on machines of their own, of which a drained one takes one."""
    budget = {"podDisruptionBudget": {"enabled": True}}
    return {
        "prometheus": {**budget, "prometheusSpec": {"podAntiAffinity": "hard"}},
        "alertmanager": {**budget, "alertmanagerSpec": {"podAntiAffinity": "hard"}},
    }


def _image(image: str, path: str) -> ChartImage:
    return ChartImage(image=image, paths={f"{path}.registry": "{registry}", f"{path}.repository": "{path}"})
