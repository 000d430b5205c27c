"""The fields of a Container that say what a bare Deployment says; whatever they cannot say is left to patches."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_snake

from components.errors import Invalid, Mistake
from components.pods.probe import PortName
from components.unit import KubernetesObject
from infra.imports.source import Objects

PLACES: Mapping[str, tuple[str, ...]] = {
    "args": ("Container", "args"),
    "autoscaling": ("HorizontalPodAutoscaler", "spec", "metrics"),
    "command": ("Container", "command"),
    "env": ("Container", "env"),
    "env_from": ("Container", "env"),
}
"""Where a patch would say the same."""
SERVER = ("spec", "template", "spec", "containers", 0)
"""Where the container is that serves."""
TIMINGS = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold")
KUBERNETES = {"period_seconds": 10, "timeout_seconds": 1}
"""Timings of a probe that says none, where a model server's are others."""
Choices = dict[str, Any]
_PORT_NAME: TypeAdapter[str] = TypeAdapter(PortName)


def required(deployment: KubernetesObject, others: Objects) -> Choices:
    """The fields that a Container must have. Raises Invalid where the Deployment cannot give them."""
    name, server = deployment["metadata"]["name"], _server(deployment)
    if not (ports := _ports(server, others)):
        cure = "Add containerPort, which changes nothing of what it does"
        raise Invalid([Mistake((*SERVER, "ports"), f"says no port, and a stack serves at one. {cure}")])
    return {
        "name": name,
        "image": server.get("image"),
        "ports": ports,
        "ready": {"port": next(iter(ports))},
        "own_labels": _selector(deployment),
    }


def optional(deployment: KubernetesObject, others: Objects) -> Choices:
    """The fields that it may have, where the Deployment says what they say."""
    server = _server(deployment)
    ports = _ports(server, others)
    found: Choices = {
        "command": server.get("command"),
        "args": server.get("args"),
        **_variables(server.get("env", [])),
        "ready": _said(server.get("readinessProbe"), ports),
        "startup": _said(server.get("startupProbe"), ports),
        "live": _said(server.get("livenessProbe"), ports),
        "replicas": deployment["spec"].get("replicas"),
        "resources": _resources(server.get("resources", {})),
    }
    if scaling := next(filter(None, map(_autoscaling, others)), None):
        found = {**found, "replicas": None, "autoscaling": scaling}
    return {field: value for field, value in found.items() if value}


def _server(deployment: KubernetesObject) -> dict[str, Any]:
    """Its first container. Raises Invalid where there is none."""
    found: Any = deployment
    for key in SERVER:
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            raise Invalid([Mistake(SERVER, "is required. Add it")]) from None
    if not isinstance(found, dict):
        raise Invalid([Mistake(SERVER, "must be a mapping. Mend it")])
    return found


def _selector(deployment: KubernetesObject) -> dict[str, str]:
    selector = deployment["spec"].get("selector")
    return dict(selector.get("matchLabels", {})) if isinstance(selector, dict) else {}


def _ports(server: dict[str, Any], others: Objects) -> dict[str, int]:
    """Name to number: of the container, else of what its Services lead to; the first without a name is `http`."""
    found: dict[str, int] = {}
    for name, number in (*_declared(server.get("ports")), *([] if server.get("ports") else _led_to(others))):
        if isinstance(number, int) and number not in found.values():
            own = name if _is_port_name(name) else f"port-{number}" if found else "http"
            found.setdefault(own, number)
    return found


def _is_port_name(name: Any) -> bool:
    try:
        return bool(_PORT_NAME.validate_python(name, strict=True))
    except ValidationError:
        return False


def _declared(ports: Any) -> Iterator[tuple[Any, Any]]:
    for each in ports if isinstance(ports, list) else ():
        if isinstance(each, dict):
            yield each.get("name"), each.get("containerPort")


def _led_to(others: Objects) -> Iterator[tuple[Any, Any]]:
    for service in others:
        if service["kind"] == "Service" and isinstance(service.get("spec", {}).get("ports"), list):
            yield from ((None, each.get("targetPort", each.get("port"))) for each in service["spec"]["ports"])


def _said(probe: Any, ports: Mapping[str, int]) -> Choices | None:
    return _probe(probe, ports) if isinstance(probe, dict) else None


def _probe(probe: Choices, ports: Mapping[str, int]) -> Choices:
    """As the field says it; of a port, by its name."""
    timings = KUBERNETES | {to_snake(key): probe[key] for key in TIMINGS if key in probe}
    if isinstance(run := probe.get("exec"), dict):
        return {"command": run.get("command"), **timings}
    for way, keys in (("httpGet", ("path", "scheme")), ("grpc", ("service",)), ("tcpSocket", ())):
        if isinstance(action := probe.get(way), dict):
            said = {key: action[key] for key in keys if key in action}
            least = {"httpGet": {"path": "/"}, "grpc": {"service": ""}}.get(way, {})
            return {**least, **said, "port": _port(action.get("port"), ports), **timings}
    return {"port": next(iter(ports)), **timings}


def _port(said: Any, ports: Mapping[str, int]) -> str:
    names = (name for name, number in ports.items() if said in (name, number))
    return next(names, next(iter(ports)))


def _variables(env: Any) -> Choices:
    """`env` and `env_from`, if they say all of it in its order."""
    plain: dict[str, str] = {}
    kept: dict[str, Choices] = {}
    for each in env if isinstance(env, list) else ():
        source = _source(each.get("valueFrom")) if isinstance(each, dict) else None
        if source:
            kept[str(each.get("name"))] = source
        elif isinstance(each, dict) and each.keys() <= {"name", "value"}:
            plain[str(each.get("name"))] = each.get("value", "")
    return {"env": plain, "env_from": kept}


def _source(value: Any) -> Choices | None:
    match value:
        case {"secretKeyRef": {"name": name, "key": key, **rest}} if not rest:
            return {"secret": name, "key": key}
        case {"configMapKeyRef": {"name": name, "key": key, **rest}} if not rest:
            return {"config_map": name, "key": key}
        case {"fieldRef": {"fieldPath": path, **rest}} if not rest:
            return {"field": path}
    return None


def _resources(found: Any) -> Choices:
    requests, limits = (found.get(key) or {} for key in ("requests", "limits")) if isinstance(found, dict) else ({}, {})
    if not isinstance(requests, dict) or not isinstance(limits, dict):
        return {}
    said = {
        "cpu": requests.get("cpu", limits.get("cpu")),
        "cpu_limit": limits.get("cpu"),
        "memory": limits.get("memory", requests.get("memory")),
    }
    return {key: value for key, value in said.items() if value is not None}


def _autoscaling(manifest: KubernetesObject) -> Choices | None:
    """What an autoscaler by the use of CPU or memory says."""
    spec = manifest.get("spec")
    if manifest["kind"] != "HorizontalPodAutoscaler" or not isinstance(spec, dict):
        return None
    used: Choices = {"cpu_percent": None}
    for metric in spec.get("metrics", [{"type": "Resource", "resource": _CPU}]):
        match metric:
            case {"resource": {"name": "cpu" | "memory" as name, "target": {"averageUtilization": percent}}}:
                used[f"{name}_percent"] = percent
            case _:
                return None
    bounds = {"min_replicas": spec.get("minReplicas", 1), "max_replicas": spec.get("maxReplicas")}
    return {**bounds, **used} if len(used) > 1 or used["cpu_percent"] else None


_CPU = {"name": "cpu", "target": {"averageUtilization": 80}}
