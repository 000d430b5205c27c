"""Edits of the good environment: those that break one rule each, and those that break none."""

from copy import deepcopy
from typing import Any, NamedTuple

REMOVE = object()
"""Instead of a value: take what is there away."""

Manifest = dict[str, Any]


class Edit(NamedTuple):
    """Put `value` at `path` of the object `target` ('Kind/name'), or of each object of that kind ('Kind').

    An empty path means the object itself.
    """

    target: str
    path: tuple[str | int, ...]
    value: Any


def edited(objects: list[Manifest], *edits: Edit) -> list[Manifest]:
    """A copy of `objects` with the edits made."""
    copy = {label(each): each for each in deepcopy(objects)}
    for target, path, value in edits:
        of_kind = [each for each in copy if each.rpartition("/")[0] == target]
        for each in of_kind or [target]:
            _put(copy, (each, *path), value)
    return list(copy.values())


def label(item: Manifest) -> str:
    """What edits call an object: 'Deployment/iris', 'aws:eks/cluster:Cluster/eks'."""
    return f"{item['kind']}/{item['metadata']['name']}" if "kind" in item else f"{item['type']}/{item['name']}"


def kin(objects: list[Manifest], target: str) -> list[Manifest]:
    """Those of `objects` that stand on the same ground as an edit's target: Kubernetes, or one cloud."""
    return [each for each in objects if _ground(label(each)) == _ground(target)]


def _ground(target: str) -> str:
    provider, colon, _ = target.partition(":")
    return provider if colon else "kubernetes"


def _put(node: Any, path: tuple[str | int, ...], value: Any) -> None:
    *steps, last = path
    for step in steps:
        node = node[step]
    if value is REMOVE:
        del node[last]
    elif isinstance(node, list) and last == len(node):
        node.append(value)
    else:
        node[last] = value


def _deployment(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("Deployment/iris", path, value)


def _pod(*path: str | int, value: Any = REMOVE) -> Edit:
    return _deployment("spec", "template", "spec", *path, value=value)


def _server(*path: str | int, value: Any = REMOVE) -> Edit:
    return _pod("containers", 0, *path, value=value)


def _init(*path: str | int, value: Any = REMOVE) -> Edit:
    return _pod("initContainers", 0, *path, value=value)


def _job(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("CronJob/retrain", ("spec", "jobTemplate", "spec", "template", "spec", *path), value)


def _service(*path: str | int, value: Any = REMOVE) -> Edit:
    return Edit("Service/iris", path, value)


def _data(key: str, value: str) -> Edit:
    return Edit("ConfigMap/iris", ("data", key), value)


def _env(name: str, value: str) -> Edit:
    return _server("env", 1, value={"name": name, "value": value})


def _args(*args: str) -> Edit:
    return _server("args", value=list(args))


def _added(api: str, kind: str, spec: Manifest) -> Edit:
    labels = {"app.kubernetes.io/name": "extra", "app.kubernetes.io/managed-by": "slipway", "slipway/owner": "science"}
    metadata = {"name": "extra", "namespace": "models", "labels": labels}
    return Edit(f"{kind}/extra", (), {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec})


NOBODY = {"matchLabels": {"app.kubernetes.io/name": "nobody"}}
SMALL = {"memory": "1Mi"}
ELSEWHERE = Edit("NetworkPolicy/iris", ("metadata", "namespace"), "other")
LEVEL = ("metadata", "labels", "pod-security.kubernetes.io/enforce")
STRATEGY = ("spec", "strategy", "rollingUpdate", "maxUnavailable")
KEY = "-----BEGIN PRIVATE" + " KEY-----\nMIIE"
TOKEN = "gh" + "p_" + "a1B2" * 9

BREAKS: list[tuple[str, tuple[Edit, ...]]] = [
    ("autoscaler-replicas", (_deployment("spec", "replicas", value=2),)),
    ("autoscaler-target", (Edit("HorizontalPodAutoscaler/iris", ("spec", "scaleTargetRef", "name"), "rose"),)),
    ("autoscaler-target", (Edit("HorizontalPodAutoscaler/iris", ("spec", "scaleTargetRef", "kind"), "StatefulSet"),)),
    ("container-memory-limit", (_server("resources", "limits", "memory"),)),
    ("container-memory-limit", (_init("resources", "limits", "memory"), _init("resources", "requests", value=SMALL))),
    ("container-requests", (_server("resources", "requests", "cpu"),)),
    ("container-requests", (_job("containers", 0, "resources", "requests"),)),
    ("disruption-budget", (Edit("PodDisruptionBudget/iris", (), REMOVE),)),
    ("image-pinned", (_server("image", value="docker.io/seldonio/mlserver:latest"),)),
    ("image-pinned", (_server("image", value="docker.io/seldonio/mlserver"),)),
    ("image-pinned", (_init("image", value="registry.example.com:5000/fetch"),)),
    ("image-pinned", (_job("containers", 0, "image"),)),
    ("label-owner", (_deployment("metadata", "labels", "slipway/owner"),)),
    ("label-owner", (_deployment("spec", "template", "metadata", "labels", "slipway/owner"),)),
    ("label-owner", (Edit("Secret/store", ("metadata", "labels", "slipway/owner"), ""),)),
    ("label-recommended", (_service("metadata", "labels", "app.kubernetes.io/name"),)),
    ("label-recommended", (Edit("Namespace/models", ("metadata", "labels", "app.kubernetes.io/managed-by"), REMOVE),)),
    ("namespace-pod-security", (Edit("Namespace/models", LEVEL, REMOVE),)),
    ("namespace-pod-security", (Edit("Namespace/models", LEVEL, "strict"),)),
    ("network-policy", (Edit("NetworkPolicy/iris", (), REMOVE),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "policyTypes"), ["Ingress"]),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "policyTypes"), REMOVE),)),
    ("network-policy", (Edit("NetworkPolicy/iris", ("spec", "podSelector"), {}), ELSEWHERE)),
    ("pod-capabilities", (_server("securityContext", "capabilities"),)),
    ("pod-capabilities", (_server("securityContext", "capabilities", "add", value=["NET_BIND_SERVICE", "SYS_ADMIN"]),)),
    ("pod-host-namespaces", (_pod("hostNetwork", value=True),)),
    ("pod-host-namespaces", (_pod("hostPID", value=True),)),
    ("pod-host-namespaces", (_job("hostIPC", value=True),)),
    ("pod-host-paths", (_pod("volumes", 2, value={"name": "node", "hostPath": {"path": "/etc"}}),)),
    ("pod-host-ports", (_server("ports", 0, "hostPort", value=8080),)),
    ("pod-non-root", (_pod("securityContext", "runAsNonRoot"),)),
    ("pod-non-root", (_server("securityContext", "runAsNonRoot", value=False),)),
    ("pod-non-root", (_server("securityContext", "runAsUser", value=0),)),
    ("pod-privilege-escalation", (_server("securityContext", "allowPrivilegeEscalation"),)),
    ("pod-privilege-escalation", (_init("securityContext", "allowPrivilegeEscalation", value=True),)),
    ("pod-privileged", (_server("securityContext", "privileged", value=True),)),
    ("pod-privileged", (_pod("securityContext", "windowsOptions", value={"hostProcess": True}),)),
    ("pod-read-only-root", (_server("securityContext", "readOnlyRootFilesystem"),)),
    ("pod-seccomp", (_pod("securityContext", "seccompProfile"),)),
    ("pod-seccomp", (_server("securityContext", "seccompProfile", value={"type": "Unconfined"}),)),
    ("pod-volume-types", (_pod("volumes", 2, value={"name": "share", "nfs": {"server": "store", "path": "/"}}),)),
    ("probe-liveness", (_server("livenessProbe"),)),
    ("probe-readiness", (_server("readinessProbe"),)),
    ("probe-startup", (_server("startupProbe"),)),
    ("rbac-cluster-admin", (Edit("RoleBinding/retrain", ("roleRef", "name"), "cluster-admin"),)),
    ("rbac-wildcard", (Edit("Role/retrain", ("rules", 0, "verbs"), ["*"]),)),
    ("rbac-wildcard", (Edit("Role/retrain", ("rules", 0, "apiGroups"), ["", "*"]),)),
    ("reference-config-map", (_pod("volumes", 0, "configMap", "name", value="rose"),)),
    ("reference-config-map", (_init("envFrom", 0, "configMapRef", "optional", value=False),)),
    ("reference-config-map", (_server("env", 1, value={"valueFrom": {"configMapKeyRef": {"name": "rose"}}}),)),
    ("reference-secret", (Edit("Secret/store", (), REMOVE),)),
    ("reference-secret", (_pod("imagePullSecrets", value=[{"name": "registry"}]),)),
    ("reference-secret", (_pod("volumes", 2, value={"name": "tls", "secret": {"secretName": "tls"}}),)),
    ("reference-service-account", (_pod("serviceAccountName", value="ghost"),)),
    ("rollout-deadline", (_deployment("spec", "progressDeadlineSeconds"),)),
    ("rollout-pre-stop", (_server("lifecycle"),)),
    ("rollout-surge", (_deployment(*STRATEGY),)),
    ("rollout-surge", (_deployment(*STRATEGY, value="25%"),)),
    ("secret-literal", (_env("DATABASE_PASSWORD", "correct-horse"),)),
    ("secret-literal", (_env("dbPassword", "correct-horse"),)),
    ("secret-literal", (_env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),)),
    ("secret-literal", (_env("STORE", "s3://user:correct-horse@store"),)),
    ("secret-literal", (_args("--password=correct-horse"),)),
    ("secret-literal", (_args("--api-key", "correct-horse"),)),
    ("secret-literal", (_args("--header", f"Authorization={TOKEN}"),)),
    ("secret-literal", (_data("password", "correct-horse"),)),
    ("secret-literal", (_data("tls.pem", KEY),)),
    ("selector-matches", (_service("spec", "selector", value=NOBODY["matchLabels"]),)),
    ("selector-matches", (_added("policy/v1", "PodDisruptionBudget", {"maxUnavailable": 1, "selector": NOBODY}),)),
    ("selector-matches", (_added("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": NOBODY}),)),
    ("service-account-token", (_pod("automountServiceAccountToken"),)),
    ("service-account-token", (Edit("RoleBinding/retrain", (), REMOVE),)),
    ("service-exposure", (_service("spec", "type", value="LoadBalancer"),)),
    ("service-exposure", (_service("spec", "type", value="NodePort"),)),
    ("service-exposure", (_service("spec", "externalIPs", value=["192.0.2.1"]),)),
    ("service-port", (_service("spec", "ports", 0, "targetPort", value="grpc"),)),
]  # fmt: skip
"""Which rule, and it alone, speaks after which edits."""

ALLOWED: dict[str, tuple[Edit, ...]] = {
    "unchanged": (),
    "memory reserved by its limit": (_server("resources", "requests", "memory"),),
    "resources of the whole pod": (
        _server("resources"),
        _init("resources"),
        _pod("resources", value={"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}),
    ),
    "token refused by the service account": (
        _pod("automountServiceAccountToken"),
        Edit("ServiceAccount/iris", ("automountServiceAccountToken",), False),
    ),
    "token asked for": (_pod("automountServiceAccountToken", value=True),),
    "devices are not surged": (
        _deployment(*STRATEGY, value=1),
        _server("resources", "limits", "nvidia.com/gpu", value="1"),
    ),
    "one replica needs no budget and no preStop": (
        Edit("HorizontalPodAutoscaler/iris", (), REMOVE),
        Edit("PodDisruptionBudget/iris", (), REMOVE),
        _server("lifecycle"),
    ),
    "exposed by somebody": (
        _service("spec", "type", value="LoadBalancer"),
        _service("metadata", "annotations", value={"slipway/exposed-by": "platform"}),
    ),
    "policy for all pods": (Edit("NetworkPolicy/iris", ("spec", "podSelector"), {}),),
    "Service without a selector": (_service("spec", "selector"),),
    "Service to a port by number": (_service("spec", "ports", 0, "targetPort", value=8080),),
    "default service account": (_pod("serviceAccountName"),),
    "a volume of no type is an emptyDir": (_pod("volumes", 2, value={"name": "scratch"}),),
    "pinned by tag and digest": (_server("image", value="registry/name:latest@sha256:" + "0" * 64),),
    "names that only speak of secrets": (
        _env("PASSWORD_FILE", "/run/password"),
        _args("--token", "/run/token", "--use-password=true", "--secret-name", "store"),
    ),
    "a secret by reference to a variable": (_args("--password", "$(STORE_PASSWORD)"),),
    "aggregated role": (Edit("Role/retrain", ("rules",), None),),
}
"""What a crude rule would refuse."""
