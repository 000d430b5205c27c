"""Cluster Autoscaler: adds a machine for a pod that fits on none, and removes machines that are not needed."""

from collections.abc import Iterable
from typing import Any

from components.objects import excepted, labels, platform_object, reserved
from components.pods.restricted import RESTRICTED
from components.unit import KubernetesObject

NAME, NAMESPACE = "cluster-autoscaler", "kube-system"
VERSIONS = {"1.33": "v1.33.5", "1.34": "v1.34.4", "1.35": "v1.35.1"}
"""Kubernetes to the autoscaler that was built against it."""

RBAC = "rbac.authorization.k8s.io/v1"
EXCEPTED = excepted(
    image_digest="its version is that of the cluster, from Kubernetes' own registry",
    network_policy="Amazon's own programs are its neighbours, and it calls Amazon's API",
)
_LOOK = ("get", "list", "watch")
_EVERYWHERE: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("", ("events", "endpoints"), ("create", "patch")),
    ("", ("pods/eviction",), ("create",)),
    ("", ("pods/status",), ("update",)),
    ("", ("nodes",), (*_LOOK, "update")),
    ("", ("namespaces", "persistentvolumeclaims", "persistentvolumes", "pods"), _LOOK),
    ("", ("replicationcontrollers", "services"), _LOOK),
    ("apps", ("daemonsets", "replicasets", "statefulsets"), _LOOK),
    ("batch", ("jobs",), _LOOK),
    ("policy", ("poddisruptionbudgets",), _LOOK),
    ("resource.k8s.io", ("deviceclasses", "resourceclaims", "resourceslices"), _LOOK),
    (
        "storage.k8s.io",
        ("csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"),
        _LOOK,
    ),
)
"""Group, resources, verbs: what it reads of every namespace, and the nodes that it drains."""


def manifests(cluster: str, region: str, kubernetes: str, pools: Iterable[str]) -> list[KubernetesObject]:
    """The autoscaler of `cluster`, on machines of `pools`, which should not be ones that it removes."""
    pod = _pod(cluster, region, kubernetes, sorted(pools))
    spec = {
        "replicas": 1,
        "progressDeadlineSeconds": 300,
        "selector": {"matchLabels": {"app.kubernetes.io/name": NAME}},
        "template": {"metadata": {"labels": labels(NAME)}, "spec": pod},
    }
    return [
        _object("v1", "ServiceAccount", NAMESPACE),
        _object(RBAC, "ClusterRole", rules=[_rule(*each) for each in _EVERYWHERE]),
        _object(RBAC, "ClusterRoleBinding", **_binding("ClusterRole")),
        _object(RBAC, "Role", NAMESPACE, rules=_own_rules()),
        _object(RBAC, "RoleBinding", NAMESPACE, **_binding("Role")),
        _object("apps/v1", "Deployment", NAMESPACE, metadata=EXCEPTED, spec=spec),
    ]


def _object(api: str, kind: str, namespace: str | None = None, **parts: Any) -> KubernetesObject:
    return platform_object(api, kind, NAME, namespace, of=NAME, **parts)


def _rule(group: str, resources: tuple[str, ...], verbs: tuple[str, ...], *names: str) -> dict[str, Any]:
    found = {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
    return found | ({"resourceNames": list(names)} if names else {})


def _own_rules() -> list[dict[str, Any]]:
    """In its own namespace: its report, and the lease that says which replica leads."""
    return [
        _rule("", ("configmaps",), ("create", "list", "watch")),
        _rule("", ("configmaps",), ("delete", "get", "update"), f"{NAME}-status"),
        _rule("coordination.k8s.io", ("leases",), ("create",)),
        _rule("coordination.k8s.io", ("leases",), ("get", "update"), NAME),
    ]


def _binding(kind: str) -> dict[str, Any]:
    return {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
    }


def _pod(cluster: str, region: str, kubernetes: str, pools: list[str]) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": "slipway/pool", "operator": "In", "values": pools}]}
    return {
        "serviceAccountName": NAME,
        "priorityClassName": "system-cluster-critical",
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(cluster, region, kubernetes)],
    }


def _container(cluster: str, region: str, kubernetes: str) -> dict[str, Any]:
    """Pods with an emptyDir, such as a model's scratch space, may move: they do not keep a machine alive."""
    healthy = {"httpGet": {"path": "/health-check", "port": "metrics"}}
    tags = f"k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{cluster}"
    return {
        "name": NAME,
        "image": f"registry.k8s.io/autoscaling/cluster-autoscaler:{VERSIONS[kubernetes]}",
        "command": [
            "./cluster-autoscaler",
            "--cloud-provider=aws",
            f"--node-group-auto-discovery=asg:tag={tags}",
            "--expander=least-waste",
            "--skip-nodes-with-local-storage=false",
            "--skip-nodes-with-system-pods=false",
        ],
        "env": [{"name": "AWS_REGION", "value": region}],
        "ports": [{"name": "metrics", "containerPort": 8085}],
        "startupProbe": {**healthy, "failureThreshold": 30},
        "readinessProbe": healthy,
        "livenessProbe": healthy,
        "resources": reserved("100m", "600Mi"),
        "securityContext": RESTRICTED,
    }
