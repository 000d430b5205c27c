"""What Kubernetes' API server fills in where an object says nothing.

https://github.com/kubernetes/kubernetes/tree/v1.36.0/pkg/apis: `defaults.go` of core, apps, autoscaling, networking.
"KEY[]" stands for each entry of a list, "KEY?" for a mapping whose defaults hold only where it is there.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from components.unit import KubernetesObject

Table = dict[str, Any]

_LABELLED: Table = {"labels": {}, "annotations": {}}
_HTTP: Table = {"scheme": "HTTP", "path": "/"}
_ACTION: Table = {"httpGet?": _HTTP, "grpc?": {"service": ""}}
_PROBE: Table = {
    **_ACTION,
    "initialDelaySeconds": 0,
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}
_FIELD: Table = {"fieldRef?": {"apiVersion": "v1"}}
_CONTAINER: Table = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "ports[]": {"protocol": "TCP"},
    "env[]": {"value": "", "valueFrom?": _FIELD},
    "startupProbe?": _PROBE,
    "readinessProbe?": _PROBE,
    "livenessProbe?": _PROBE,
    "lifecycle?": {"postStart?": _ACTION, "preStop?": _ACTION},
    "volumeMounts[]": {"readOnly": False},
    "resources": {},
    "stdin": False,
    "tty": False,
}
_MODE: Table = {"defaultMode": 0o644}
_TOKEN: Table = {"expirationSeconds": 3600}
_POD: Table = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "enableServiceLinks": True,
    "securityContext": {},
    "hostNetwork": False,
    "hostPID": False,
    "hostIPC": False,
    "nodeSelector": {},
    "containers[]": _CONTAINER,
    "initContainers[]": _CONTAINER,
    "volumes[]": {
        "secret?": _MODE,
        "configMap?": _MODE,
        "downwardAPI?": {**_MODE, "items[]": _FIELD},
        "projected?": {
            **_MODE,
            "sources[]": {"serviceAccountToken?": _TOKEN, "downwardAPI?": {"items[]": _FIELD}},
        },
        "hostPath?": {"type": ""},
    },
}
_POLICIES = [
    {"type": "Pods", "value": 4, "periodSeconds": 15},
    {"type": "Percent", "value": 100, "periodSeconds": 15},
]
_CPU = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
_PEER_PORTS: Table = {"ports[]": {"protocol": "TCP"}}
KINDS: dict[str, Table] = {
    "apps/v1 Deployment": {
        "metadata": _LABELLED,
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "minReadySeconds": 0,
            "paused": False,
            "strategy": {"type": "RollingUpdate"},
            "template": {"metadata": _LABELLED, "spec": _POD},
        },
    },
    "v1 Service": {
        "metadata": _LABELLED,
        "spec": {
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
            "publishNotReadyAddresses": False,
            "ports[]": {"protocol": "TCP"},
        },
    },
    "v1 ServiceAccount": {"metadata": _LABELLED},
    "v1 ConfigMap": {"metadata": _LABELLED, "data": {}, "binaryData": {}},
    "v1 PersistentVolumeClaim": {"metadata": _LABELLED, "spec": {"volumeMode": "Filesystem"}},
    "policy/v1 PodDisruptionBudget": {"metadata": _LABELLED},
    "networking.k8s.io/v1 Ingress": {"metadata": _LABELLED},
    "networking.k8s.io/v1 NetworkPolicy": {
        "metadata": _LABELLED,
        "spec": {"ingress[]": _PEER_PORTS, "egress[]": _PEER_PORTS},
    },
    "autoscaling/v2 HorizontalPodAutoscaler": {
        "metadata": _LABELLED,
        "spec": {
            "minReplicas": 1,
            "metrics": [{"type": "Resource", "resource": _CPU}],
            "behavior?": {
                "scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": _POLICIES},
                "scaleDown": {"selectPolicy": "Max", "policies": _POLICIES[1:]},
            },
        },
    },
}


def filled(manifest: KubernetesObject) -> KubernetesObject:
    """The object as the API server would keep it."""
    if (key := f"{manifest['apiVersion']} {manifest['kind']}") not in KINDS:
        return manifest
    found: KubernetesObject = _fill(manifest, KINDS[key])
    _follow(found, dict.setdefault)
    return found


def bare(manifest: KubernetesObject) -> KubernetesObject:
    """The object without what the API server would fill in."""
    if (key := f"{manifest['apiVersion']} {manifest['kind']}") not in KINDS:
        return manifest
    found = deepcopy(filled(manifest))
    _follow(found, _drop)
    stripped: KubernetesObject = _strip(found, KINDS[key])
    return stripped


def _fill(node: Any, table: Table) -> Any:
    """Empty lists are none, and every default is there."""
    if not isinstance(node, dict):
        return node
    found = {key: value for key, value in node.items() if value != []}
    for key, default in table.items():
        if key.endswith("[]"):
            if isinstance(entries := found.get(key[:-2]), list):
                found[key[:-2]] = [_fill(each, default) for each in entries]
        elif key.endswith("?"):
            if isinstance(inner := found.get(key[:-1]), dict):
                found[key[:-1]] = _fill(inner, default)
        elif isinstance(default, dict):
            found[key] = _fill(found.get(key, {}), default)
        else:
            found.setdefault(key, default)
    return found


def _strip(node: Any, table: Table) -> Any:
    """The reverse of `_fill`."""
    if not isinstance(node, dict):
        return node
    found = dict(node)
    for key, default in table.items():
        name = key.removesuffix("[]").removesuffix("?")
        if name not in found:
            continue
        if key.endswith("[]"):
            entries = found[name]
            found[name] = [_strip(each, default) for each in entries] if isinstance(entries, list) else entries
        elif key.endswith("?"):
            found[name] = _strip(found[name], default)
        elif isinstance(default, dict):
            found[name] = _strip(found[name], default)
            if found[name] == {}:
                del found[name]
        elif found[name] == default:
            del found[name]
    return found


def _drop(mapping: dict[str, Any], key: str, default: Any) -> None:
    if mapping.get(key) == default:
        del mapping[key]


def _follow(manifest: KubernetesObject, settle: Callable[[dict[str, Any], str, Any], Any]) -> None:
    """Settle each default that follows from other fields."""
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        return
    match manifest["kind"]:
        case "Deployment":
            _of_deployment(spec, settle)
        case "Service":
            for port in _mappings(spec.get("ports")):
                settle(port, "targetPort", port.get("port"))
        case "NetworkPolicy":
            settle(spec, "policyTypes", ["Ingress", *(["Egress"] if spec.get("egress") else [])])


def _of_deployment(spec: dict[str, Any], settle: Callable[[dict[str, Any], str, Any], Any]) -> None:
    strategy, pod = spec["strategy"], spec["template"]["spec"]
    if isinstance(strategy, dict) and strategy.get("type") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        for key in ("maxSurge", "maxUnavailable"):
            settle(rolling, key, "25%")
        if not rolling:
            del strategy["rollingUpdate"]
    if not isinstance(pod, dict):
        return
    if pod.get("serviceAccount") in (found := [pod.get("serviceAccountName"), None]) or not found[0]:
        former = pod.pop("serviceAccount", None)
        pod.update({"serviceAccountName": former} if former else {})
    for container in (*_mappings(pod.get("containers")), *_mappings(pod.get("initContainers"))):
        _of_container(container, settle)


def _of_container(container: dict[str, Any], settle: Callable[[dict[str, Any], str, Any], Any]) -> None:
    name, _, tag = str(container.get("image", "")).rpartition("/")[2].partition(":")
    latest = "@" not in name and tag in ("", "latest")
    settle(container, "imagePullPolicy", "Always" if latest else "IfNotPresent")


def _mappings(node: Any) -> list[dict[str, Any]]:
    return [each for each in node if isinstance(each, dict)] if isinstance(node, list) else []
