"""One unit, live on one cluster."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.cluster import Cluster, Identity
from components.component import Component
from components.generated import generated
from components.manifest import Manifest
from components.objects import secret_object
from components.release import release
from components.unit import Chart, GeneratedSecret, KubernetesObject, Unit, identity, is_custom, is_held_back


class Installation(Component):
    """Owns a unit's charts, one after the other, then its objects, last those that are held back."""

    def __init__(self, unit: Unit, *, cluster: Cluster, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"{cluster.name}-{unit.name}", opts)
        self.unit, self._cluster = unit, cluster
        self._namespace = cluster.namespace(unit.namespace)
        secrets = [self._secret(each) for each in unit.secrets]
        self._objects([self._charts(secrets), *secrets])
        self.register_outputs({})

    def _charts(self, secrets: list[pulumi.Resource]) -> pulumi.Resource:
        """The last chart, or the namespace where there is none."""
        last: pulumi.Resource = self._namespace
        for chart in self.unit.charts:
            if chart is self.unit.charts[-1]:
                ready = self._ready(self.name, self.unit.accepts)
            else:
                ready = self._ready(f"{self.name}-{chart.release}", chart.accepts)
            last = self._release(chart, [last, *secrets], ready)
        return last

    def _objects(self, after: list[pulumi.Resource]) -> None:
        unit = self.unit
        identities = {grant.account: self._cluster.identity(unit.namespace.name, grant) for grant in unit.grants}
        after = [*after, *(resource for each in identities.values() for resource in each.resources)]
        first = [each for each in unit.objects if not is_held_back(each)]
        ready = [self._manifest(_annotated(each, identities), after) for each in first]
        for manifest in filter(is_held_back, unit.objects):
            self._manifest(manifest, [*after, *ready])

    def _release(
        self, chart: Chart, after: list[pulumi.Resource], ready: pulumi.ResourceHook | None
    ) -> pulumi.Resource:
        hooks = pulumi.ResourceHookBinding(after_create=[ready], after_update=[ready]) if ready else None
        options = self._on_cluster(after, hooks=hooks)
        return release(f"{self.name}-{chart.release}", chart, self.unit.namespace.name, options)

    def _ready(self, name: str, accepted: KubernetesObject | None) -> pulumi.ResourceHook | None:
        """Holds back what follows until the API server takes `accepted`: a webhook that is not there yet refuses it."""
        if accepted is None:
            return None
        known: list[str] = []
        self._cluster.kubeconfig.apply(known.append)

        def wait(args: pulumi.ResourceHookArgs) -> None:
            from components import readiness  # its client takes longer to import than all else

            readiness.until_accepted(known[0], self._cluster.context_name, accepted)

        return pulumi.ResourceHook(f"{name}-ready", wait)

    def _secret(self, secret: GeneratedSecret) -> pulumi.Resource:
        prefix = f"{self.name}-{secret.name}"
        data = {key: generated(f"{prefix}-{key}", length, self.child()) for key, length in secret.keys.items()}
        return self._manifest(secret_object(secret, self.unit.namespace.name, data), [self._namespace])

    def _manifest(self, manifest: KubernetesObject, after: list[pulumi.Resource]) -> pulumi.Resource:
        own = manifest["metadata"].get("namespace") == self.unit.namespace.name and not is_custom(manifest)
        options = self._on_cluster(after, deleted_with=self._namespace if own else None)
        return Manifest(f"{self._cluster.name}-{identity(manifest)}", manifest, options)

    def _on_cluster(self, after: list[pulumi.Resource], **options: Any) -> pulumi.ResourceOptions:
        return self.child(provider=self._cluster.provider, depends_on=after, **options)


def _annotated(manifest: KubernetesObject, identities: Mapping[str, Identity]) -> KubernetesObject:
    """The manifest, with what its identity asks for where it is that identity's service account."""
    metadata = manifest["metadata"]
    found = identities.get(metadata["name"]) if manifest["kind"] == "ServiceAccount" else None
    if not found or not found.annotations:
        return manifest
    return {
        **manifest,
        "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **found.annotations}},
    }
