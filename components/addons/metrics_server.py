"""metrics-server: what pods and nodes use now, for autoscaling and `kubectl top`."""

from typing import Any

from components.addon import Addon
from components.context import Context
from components.objects import excepted, labels, platform_object
from components.pods.restricted import RESTRICTED
from components.unit import KubernetesObject, Namespace, Unit
from components.values import PinnedImage, Resources

NAME = "metrics-server"
GROUP = "rbac.authorization.k8s.io"


class MetricsServer(Addon):
    """Serves metrics.k8s.io, for clusters that do not bring it."""

    image: PinnedImage = "registry.k8s.io/metrics-server/metrics-server:v0.9.0"
    resources: Resources = Resources(cpu="100m", cpu_limit="1", memory="200Mi")

    def unit(self, context: Context) -> Unit:
        objects = (*_rbac(), self._deployment(), _service(), _network_policy(), _api_service())
        return Unit(name=NAME, namespace=Namespace(name=NAME), objects=objects)

    def _deployment(self) -> KubernetesObject:
        pod = {
            "serviceAccountName": NAME,
            "priorityClassName": "system-cluster-critical",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1000,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [self._container()],
            "volumes": [{"name": "scratch", "emptyDir": {}}],
        }
        template = {"metadata": {"labels": labels(NAME)}, "spec": pod}
        rollout = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}
        selector = {"matchLabels": {"app.kubernetes.io/name": NAME}}
        spec = {
            "replicas": 1,
            "progressDeadlineSeconds": 120,
            "selector": selector,
            "strategy": rollout,
            "template": template,
        }
        return _object("apps/v1", "Deployment", spec=spec)

    def _container(self) -> dict[str, Any]:
        return {
            "name": NAME,
            "image": self.image,
            "args": [
                "--cert-dir=/tmp",
                "--secure-port=10250",
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
            ],
            "ports": [{"name": "https", "containerPort": 10250}],
            "resources": self.resources.requirements(),
            "startupProbe": {**_probe("/livez"), "periodSeconds": 2, "failureThreshold": 30},
            "readinessProbe": {**_probe("/readyz"), "periodSeconds": 5},
            "livenessProbe": {**_probe("/livez"), "periodSeconds": 10},
            "securityContext": RESTRICTED,
            "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],
        }


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "https", "scheme": "HTTPS"}}


def _object(api: str, kind: str, name: str = NAME, namespace: str | None = NAME, **parts: Any) -> KubernetesObject:
    return platform_object(api, kind, name, namespace, of=NAME, **parts)


def _cluster_role(name: str, rules: list[dict[str, list[str]]], **more: str) -> KubernetesObject:
    role = _object(f"{GROUP}/v1", "ClusterRole", name, None, rules=rules)
    role["metadata"]["labels"] |= more
    return role


def _binding(name: str, role: str, namespace: str | None = None) -> KubernetesObject:
    """Grants the account a ClusterRole, or in a namespace that namespace's Role."""
    prefix = "" if namespace else "Cluster"
    subjects = [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}]
    role_ref = {"apiGroup": GROUP, "kind": f"{prefix}Role", "name": role}
    return _object(f"{GROUP}/v1", f"{prefix}RoleBinding", name, namespace, roleRef=role_ref, subjects=subjects)


def _rbac() -> list[KubernetesObject]:
    read = ["get", "list", "watch"]
    reader = {"apiGroups": ["metrics.k8s.io"], "resources": ["pods", "nodes"], "verbs": read}
    scraper = [
        {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": read},
    ]
    aggregated = {f"{GROUP}/aggregate-to-{role}": "true" for role in ("admin", "edit", "view")}
    return [
        _object("v1", "ServiceAccount"),
        _cluster_role("system:aggregated-metrics-reader", [reader], **aggregated),
        _cluster_role("system:metrics-server", scraper),
        _binding("system:metrics-server", "system:metrics-server"),
        _binding("metrics-server:system:auth-delegator", "system:auth-delegator"),
        _binding("metrics-server-auth-reader", "extension-apiserver-authentication-reader", "kube-system"),
    ]


def _service() -> KubernetesObject:
    ports = [{"name": "https", "port": 443, "targetPort": "https"}]
    return _object("v1", "Service", spec={"selector": {"app.kubernetes.io/name": NAME}, "ports": ports})


def _network_policy() -> KubernetesObject:
    """Anyone may ask it, for the API server calls from outside the pods' network; it calls kubelets and the API."""
    spec = {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": NAME}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": "https"}]}],
        "egress": [{}],
    }
    anywhere = excepted(network_policy_open="where kubelets and the API server are, each cluster chooses")
    return _object("networking.k8s.io/v1", "NetworkPolicy", metadata=anywhere, spec=spec)


def _api_service() -> KubernetesObject:
    """Its certificate is self-signed at each start, hence not verified; upstream's manifest does the same."""
    spec = {
        "group": "metrics.k8s.io",
        "version": "v1beta1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "insecureSkipTLSVerify": True,
        "service": {"name": NAME, "namespace": NAME},
    }
    return _object("apiregistration.k8s.io/v1", "APIService", "v1beta1.metrics.k8s.io", None, spec=spec)
