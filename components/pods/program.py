"""Programs of the platform that Slipway itself describes: pods of the restricted kind, on machines of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from components.context import Traits
from components.objects import labels, platform_object, spread
from components.pods.restricted import DRAIN, RESTRICTED, of_pod
from components.unit import KubernetesObject


class Program(NamedTuple):
    """What runs for add-on `of`, in the namespace that is called as it; `name` is that of its Service too."""

    name: str
    of: str
    ports: Mapping[str, int]
    """Where it is called, by name."""
    user: int
    """Who it runs as, where the cluster does not choose."""

    @property
    def selector(self) -> dict[str, str]:
        """What tells its pods from all others."""
        return {"app.kubernetes.io/name": self.name}

    @property
    def labels(self) -> dict[str, str]:
        return {**labels(self.name), "app.kubernetes.io/part-of": self.of}

    def object(self, api: str, kind: str, **parts: Any) -> KubernetesObject:
        """An object of it."""
        found = platform_object(api, kind, self.name, self.of, of=self.name, **parts)
        return {**found, "metadata": {**found["metadata"], "labels": self.labels}}

    def stateful_set(self, pod: dict[str, Any], replicas: int = 1) -> KubernetesObject:
        """Pods that keep their names; one goes before its successor comes."""
        return self._workload("StatefulSet", pod, replicas, {"serviceName": self.name})

    def deployment(self, pod: dict[str, Any], replicas: int = 1) -> KubernetesObject:
        """Pods that are alike; one goes when its successor is ready."""
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}
        return self._workload("Deployment", pod, replicas, {"progressDeadlineSeconds": 180, "strategy": strategy})

    def pod(
        self, container: dict[str, Any], volumes: Sequence[dict[str, Any]], traits: Traits, **more: Any
    ) -> dict[str, Any]:
        """The spec of a pod of `container`, which lacks what all have in common; `more` is beside it."""
        ports = [{"name": name, "containerPort": port} for name, port in self.ports.items()]
        common = {"name": self.name, "ports": ports, "lifecycle": DRAIN, "securityContext": RESTRICTED}
        return {
            "serviceAccountName": self.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": of_pod(None if traits.assigns_user_ids else self.user),
            "topologySpreadConstraints": [spread(self.selector)],
            **more,
            "containers": [{**common, **container}],
            "volumes": list(volumes),
        }

    def account(self) -> KubernetesObject:
        """Who its pods are; it may nothing."""
        return self.object("v1", "ServiceAccount", automountServiceAccountToken=False)

    def service(self) -> KubernetesObject:
        """Where it is called within the cluster."""
        ports = [{"name": name, "port": port, "targetPort": name} for name, port in self.ports.items()]
        return self.object("v1", "Service", spec={"selector": self.selector, "ports": ports})

    def claim(self, size: str, storage_class: str | None, mode: str = "ReadWriteOnce") -> KubernetesObject:
        """The volume that it keeps things on."""
        chosen = {"storageClassName": storage_class} if storage_class else {}
        spec = {"accessModes": [mode], **chosen, "resources": {"requests": {"storage": size}}}
        return self.object("v1", "PersistentVolumeClaim", spec=spec)

    def network_policy(self, callers: dict[str, Any], calls: Sequence[dict[str, Any]] = ()) -> KubernetesObject:
        """`callers` may call it, as a NetworkPolicyPeer; it calls what `calls` opens."""
        opened = [{"protocol": "TCP", "port": name} for name in self.ports]
        spec = {
            "podSelector": {"matchLabels": self.selector},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [callers], "ports": opened}],
            **({"egress": list(calls)} if calls else {}),
        }
        return self.object("networking.k8s.io/v1", "NetworkPolicy", spec=spec)

    def _workload(self, kind: str, pod: dict[str, Any], replicas: int, more: dict[str, Any]) -> KubernetesObject:
        template = {"metadata": {"labels": self.labels}, "spec": pod}
        selected = {"selector": {"matchLabels": self.selector}, "template": template}
        return self.object("apps/v1", kind, spec={"replicas": replicas, **more, **selected})
