"""The components of an InferenceService as KServe spells them, hardened where the stack says so."""

from typing import Any, NamedTuple

from components.context import Collector, Context
from components.kserve import servers
from components.kserve.predictor import SERVED, Canary, Predictor, Spec
from components.kserve.storage import spelled
from components.mlserver.tracing import tracing
from components.model import Model
from components.pods.placement import Placement
from components.pods.probe import PROBE_SECONDS
from components.pods.restricted import WRITING, of_pod
from components.values import Resources, merged

CONTAINER = "kserve-container"
"""The name of every server's container, which the definition wants of a canary's model and forbids elsewhere."""


class Place(NamedTuple):
    """What a stack and its environment say of its pods."""

    name: str
    context: Context
    hardened: bool
    labels: dict[str, str]


def component(spec: Spec, place: Place) -> Spec:
    """A component that KServe spells, with what every model's pod has; what it says itself stays."""
    return merged(_hardening(place), spec) if place.hardened else spec


def predictor(found: Predictor, place: Place) -> Spec:
    """The pods that answer."""
    if not found.model:
        return component(found.spec, place)
    written = {"model": _model(found, found.model, place), **_placed(found.resources, place), **_scraped(found)}
    return component(merged(written, found.spec), place)


def canary(found: Canary, place: Place) -> dict[str, Any]:
    """Another version beside it, by whose name KServe calls its Deployment."""
    spec = predictor(found.predictor, place)
    named = {key: {"name": CONTAINER, **spec[key]} for key in SERVED if key in spec}
    return {"predictor": {"name": found.name, **spec, **named}, "trafficPercent": found.percent}


def _model(found: Predictor, model: Model, place: Place) -> dict[str, Any]:
    traces = place.context.conventions.traces if place.hardened and found.server == servers.MLSERVER else None
    return {
        "modelFormat": {"name": model.format},
        "runtime": found.server,
        "protocolVersion": found.spoken,
        "storageUri": spelled(str(model.uri)),
        "resources": found.resources.requirements(model.disk),
        **(_asked(found, place.name) if found.server in servers.NAMES else {}),
        **({"env": _tracing(place.name, traces)} if traces else {}),
        **({"securityContext": WRITING} if place.hardened else {}),
    }


def _asked(found: Predictor, name: str) -> dict[str, Any]:
    """Where a server that is known listens, and when it is ready."""
    asked = {
        "httpGet": {"path": servers.probe_path(str(found.server), name, found.spoken), "port": servers.HTTP},
        "periodSeconds": PROBE_SECONDS,
    }
    patient = {**asked, "failureThreshold": found.startup_seconds // PROBE_SECONDS}
    return {"ports": _ports(found), "startupProbe": patient, "readinessProbe": asked}


def _ports(found: Predictor) -> list[dict[str, Any]]:
    """KServe's Service leads its port 80 to the first."""
    metrics = servers.METRICS.get(str(found.server), servers.HTTP)
    own = [{"name": "metrics", "containerPort": metrics, "protocol": "TCP"}] if metrics != servers.HTTP else []
    return [{"name": "http", "containerPort": servers.HTTP, "protocol": "TCP"}, *own]


def _scraped(found: Predictor) -> dict[str, Any]:
    port = servers.METRICS.get(str(found.server))
    if not port:
        return {}
    asked = {"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics", "prometheus.io/port": str(port)}
    return {"annotations": asked}


def _tracing(name: str, traces: Collector) -> list[dict[str, str]]:
    return [{"name": key, "value": value} for key, value in tracing(name, traces.address).items()]


def _placed(resources: Resources, place: Place) -> dict[str, Any]:
    return Placement().fields(resources, place.context.traits)


def _hardening(place: Place) -> dict[str, Any]:
    return {
        "serviceAccountName": place.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": of_pod(),
        **({"labels": place.labels} if place.labels else {}),
    }
