"""NVIDIA's device plugin: a node's GPUs as the resource nvidia.com/gpu."""

from typing import Any

from components.addon import Addon
from components.context import Context
from components.objects import excepted, labels, platform_object
from components.pods.restricted import RESTRICTED
from components.unit import KubernetesObject, Namespace, Unit
from components.values import PinnedImage, Resources

NAME = "nvidia-device-plugin"
SELECTOR = {"app.kubernetes.io/name": NAME}
SOCKETS = "/var/lib/kubelet/device-plugins"
"""Where the kubelet and the plugins of its node meet."""


class NvidiaDevicePlugin(Addon):
    """For nodes that have the driver and NVIDIA's container runtime and do not offer their GPUs by themselves.

    It runs where nodes are labelled `slipway/gpu`, whatever their taints, and as root: the kubelet's folder is root's.
    """

    image: PinnedImage = "nvcr.io/nvidia/k8s-device-plugin:v0.20.0"
    resources: Resources = Resources(cpu="20m", cpu_limit="200m", memory="128Mi")

    def unit(self, context: Context) -> Unit:
        """A namespace of its own, for none but privileged pod security lets a folder of the node in."""
        namespace = Namespace(name=NAME, pod_security="privileged")
        return Unit(name=NAME, namespace=namespace, objects=(_network_policy(), self._daemon_set(context)))

    def _daemon_set(self, context: Context) -> KubernetesObject:
        runtime = context.traits.gpu_runtime_class
        pod = {
            **({"runtimeClassName": runtime} if runtime else {}),
            "priorityClassName": "system-node-critical",
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
            "tolerations": [{"operator": "Exists"}],
            "affinity": {"nodeAffinity": _labelled("slipway/gpu")},
            "containers": [self._container()],
            "volumes": [{"name": "sockets", "hostPath": {"path": SOCKETS, "type": "Directory"}}],
        }
        spec = {"selector": {"matchLabels": SELECTOR}, "template": {"metadata": {"labels": labels(NAME)}, "spec": pod}}
        why = "the kubelet's folder, where plugins and it meet, is root's"
        return _object("apps/v1", "DaemonSet", spec, metadata=excepted(pod_host_paths=why, pod_non_root=why))

    def _container(self) -> dict[str, Any]:
        registered = {"exec": {"command": ["test", "-S", f"{SOCKETS}/nvidia-gpu.sock"]}}
        return {
            "name": NAME,
            "image": self.image,
            "resources": self.resources.requirements(),
            "startupProbe": {**registered, "periodSeconds": 2, "failureThreshold": 60},
            "readinessProbe": registered,
            "livenessProbe": {**registered, "periodSeconds": 30},
            "securityContext": RESTRICTED,
            "volumeMounts": [{"name": "sockets", "mountPath": SOCKETS}],
        }


def _labelled(key: str) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": key, "operator": "Exists"}]}
    return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}


def _network_policy() -> KubernetesObject:
    """It speaks to the kubelet through a socket, and to nobody else."""
    spec = {"podSelector": {"matchLabels": SELECTOR}, "policyTypes": ["Ingress", "Egress"]}
    return _object("networking.k8s.io/v1", "NetworkPolicy", spec)


def _object(api: str, kind: str, spec: dict[str, Any], **parts: Any) -> KubernetesObject:
    return platform_object(api, kind, NAME, NAME, of=NAME, spec=spec, **parts)
