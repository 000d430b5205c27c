"""Programs of the platform that keep something: pods of the restricted kind, replaced one at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from components.context import Traits
from components.objects import labels, platform_object, spread
from components.pods import DRAIN, RESTRICTED
from components.unit import KubernetesObject

SCRATCH = {"name": "scratch", "emptyDir": {"sizeLimit": "256Mi"}}


class Program(NamedTuple):
    """What runs: `name` is that of its Service too, `component` what it is within add-on `of`."""

    name: str
    of: str
    component: str
    port: int
    user: int
    """Who it runs as, where the cluster does not choose."""

    @property
    def selector(self) -> dict[str, str]:
        return {"app.kubernetes.io/name": self.of, "app.kubernetes.io/component": self.component}

    def object(self, api: str, kind: str, **parts: Any) -> KubernetesObject:
        """An object of it, in the namespace that is called as the add-on."""
        found = platform_object(api, kind, self.name, self.of, of=self.of, **parts)
        return {**found, "metadata": {**found["metadata"], "labels": {**labels(self.of), **self.selector}}}

    def stateful_set(
        self,
        container: dict[str, Any],
        volumes: Sequence[dict[str, Any]],
        traits: Traits,
        replicas: int = 1,
        **pod: Any,
    ) -> KubernetesObject:
        """`container` lacks what all have in common; `pod` is what its pods have beside it."""
        own = {"runAsUser": self.user, "runAsGroup": self.user, "fsGroup": self.user}
        security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        ports = [{"name": self.component, "containerPort": self.port}]
        common = {"name": self.component, "ports": ports, "lifecycle": DRAIN, "securityContext": RESTRICTED}
        template = {
            "serviceAccountName": self.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": security if traits.assigns_user_ids else {**security, **own},
            "topologySpreadConstraints": [spread(self.selector)],
            **pod,
            "containers": [{**common, **container}],
            "volumes": [*volumes, SCRATCH],
        }
        spec = {
            "replicas": replicas,
            "serviceName": self.name,
            "selector": {"matchLabels": self.selector},
            "template": {"metadata": {"labels": {**labels(self.of), **self.selector}}, "spec": template},
        }
        return self.object("apps/v1", "StatefulSet", spec=spec)

    def account(self) -> KubernetesObject:
        """Who its pods are; it may nothing."""
        return self.object("v1", "ServiceAccount", automountServiceAccountToken=False)

    def service(self) -> KubernetesObject:
        """Where it is called within the cluster."""
        ports = [{"name": self.component, "port": self.port, "targetPort": self.component}]
        return self.object("v1", "Service", spec={"selector": self.selector, "ports": ports})

    def claim(self, size: str, storage_class: str | None, mode: str = "ReadWriteOnce") -> KubernetesObject:
        """The volume that it keeps things on."""
        chosen = {"storageClassName": storage_class} if storage_class else {}
        spec = {"accessModes": [mode], **chosen, "resources": {"requests": {"storage": size}}}
        return self.object("v1", "PersistentVolumeClaim", spec=spec)

    def network_policy(self, callers: dict[str, Any], calls: Sequence[dict[str, Any]] = ()) -> KubernetesObject:
        """`callers` may call it, as a NetworkPolicyPeer; it calls what `calls` opens."""
        spec = {
            "podSelector": {"matchLabels": self.selector},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [callers], "ports": [{"protocol": "TCP", "port": self.component}]}],
            **({"egress": list(calls)} if calls else {}),
        }
        return self.object("networking.k8s.io/v1", "NetworkPolicy", spec=spec)
