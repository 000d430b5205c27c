"""KEDA: autoscaling by events and by metrics from anywhere, down to zero replicas."""

from functools import reduce
from typing import Any, NamedTuple

from components.addon import Addon
from components.context import Context
from components.objects import platform_object, reserved, spread
from components.unit import Chart, ChartImage, KubernetesObject, Namespace, Unit
from components.values import merged

NAME = "keda"
VERSION = "2.20.2"


class Part(NamedTuple):
    """A Deployment of the chart, with the key of its replicas, of its resources, and of its image."""

    app: str
    key: str
    resources_key: str
    image_key: str
    image: str
    resources: dict[str, dict[str, str]]


PARTS = (
    Part("keda-operator", "operator", "operator", "keda", "keda", reserved("50m", "256Mi")),
    Part(
        "keda-operator-metrics-apiserver",
        "metricsServer",
        "metricServer",
        "metricsApiServer",
        "keda-metrics-apiserver",
        reserved("20m", "128Mi"),
    ),
    Part(
        "keda-admission-webhooks",
        "webhooks",
        "webhooks",
        "webhooks",
        "keda-admission-webhooks",
        reserved("10m", "128Mi"),
    ),
)


class Keda(Addon):
    """A ScaledObject then scales a Deployment or a StatefulSet; KEDA may scale nothing else."""

    def claims(self, context: Context) -> tuple[str, ...]:
        return ("external metrics API",)

    def unit(self, context: Context) -> Unit:
        chart = Chart(
            name=NAME,
            repository="https://kedacore.github.io/charts",
            version=VERSION,
            release=NAME,
            values=_values(context.production),
            images=tuple(map(_image, PARTS)),
        )
        return Unit(name=NAME, namespace=Namespace(name=NAME), charts=(chart,), accepts=_scaled_object())


def _values(production: bool) -> dict[str, Any]:
    """Its definitions outlive it, for with them would go what is scaled by them."""
    values: dict[str, Any] = {
        "crds": {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}},
        "image": {"pullPolicy": "IfNotPresent"},
        "rbac": {"enabledCustomScaledRefKinds": False},
        "resources": {part.resources_key: part.resources for part in PARTS},
    }
    return reduce(merged, map(_available, PARTS), values) if production else values


def _available(part: Part) -> dict[str, Any]:
    """Two replicas on two machines, of which a drained node takes one."""
    return {
        part.key: {"replicaCount": 2},
        "podDisruptionBudget": {part.resources_key: {"maxUnavailable": 1}},
        "topologySpreadConstraints": {part.key: [spread({"app": part.app})]},
    }


def _image(part: Part) -> ChartImage:
    path = f"image.{part.image_key}"
    paths = {f"{path}.registry": "{registry}", f"{path}.repository": "{path}"}
    return ChartImage(image=f"ghcr.io/kedacore/{part.image}:{VERSION}", paths=paths)


def _scaled_object() -> KubernetesObject:
    """What KEDA's admission webhook is asked about."""
    working_hours = {"timezone": "Etc/UTC", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "2"}
    spec = {"scaleTargetRef": {"name": "none"}, "triggers": [{"type": "cron", "metadata": working_hours}]}
    return platform_object("keda.sh/v1alpha1", "ScaledObject", "ready", NAME, of=NAME, spec=spec)
