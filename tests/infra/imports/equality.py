"""What an import lost or added, told without the code that imports: leaf by leaf."""

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]
Leaf = tuple[tuple[str | int, ...], str]

DEFAULTS: dict[str, dict[str, object]] = {
    "Deployment": {
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "failureThreshold": 3,
        "initialDelaySeconds": 0,
        "hostIPC": False,
        "hostNetwork": False,
        "hostPID": False,
        "imagePullPolicy": "IfNotPresent",
        "maxSurge": "25%",
        "maxUnavailable": "25%",
        "minReadySeconds": 0,
        "path": "/",
        "paused": False,
        "periodSeconds": 10,
        "progressDeadlineSeconds": 600,
        "protocol": "TCP",
        "readOnly": False,
        "replicas": 1,
        "restartPolicy": "Always",
        "revisionHistoryLimit": 10,
        "schedulerName": "default-scheduler",
        "scheme": "HTTP",
        "service": "",
        "stdin": False,
        "successThreshold": 1,
        "terminationGracePeriodSeconds": 30,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "timeoutSeconds": 1,
        "tty": False,
        "type": "RollingUpdate",
        "value": "",
    },
    "Service": {"protocol": "TCP", "type": "ClusterIP"},
    "InferenceGraph": {"mapPredictionsToInstances": False},
    "HorizontalPodAutoscaler": {"minReplicas": 1, "selectPolicy": "Max"},
}
"""Leaves that mean the same as none, by kind and last key."""
OWNERS = {
    "app.kubernetes.io/component",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "slipway/cost-center",
    "slipway/owner",
}
EMPTY = ("{}", "[]")
"""What stands for nothing, save as the one thing that chooses a kind of volume or all of something."""
CHOOSING = {"emptyDir", "namespaceSelector", "podSelector"}
KUBERNETES = {"spec", "hpaSpec", "kedaSpec", "containerSpec", "env", "resources"}
"""Below these, a SeldonDeployment is Kubernetes' own, where zeros are said for a reason."""
SERVERS = {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"}


def differences(given: list[Object], emitted: list[Object]) -> list[str]:
    """Each leaf that only one of them has, with its object."""
    one, other = ({(each["kind"], each["metadata"]["name"]): each for each in side} for side in (given, emitted))
    wrong = [f"only one side has {key}" for key in one.keys() ^ other.keys()]
    for key in one.keys() & other.keys():
        left, right = (set(_leaves(each[key])) for each in (one, other))
        wrong += [f"{key}: {leaf}" for leaf in left ^ right if not _harmless(key[0], leaf)]
    return wrong


def _harmless(kind: str, leaf: Leaf) -> bool:
    path, text = leaf
    last = path[-1]
    if path[:2] == ("metadata", "namespace") or (path[:2] == ("metadata", "labels") and last in OWNERS):
        return True
    if text in EMPTY:
        return last not in CHOOSING
    if kind == "SeldonDeployment" and not KUBERNETES.intersection(path[1:]):
        return text in ("''", "False")
    default = DEFAULTS.get(kind, {}).get(str(last), ...)
    return default is not ... and text == repr(default)


def _leaves(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    if path == ("status",) or (path[:1] == ("metadata",) and path[-1] in SERVERS) or node is None:
        return
    if not node or not isinstance(node, dict | list):
        yield path, repr(node) if path[-2:-1] not in (("limits",), ("requests",)) else str(node)
    for key, each in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _leaves(each, (*path, "serviceAccountName" if key == "serviceAccount" else key))
