"""One unit, live on one cluster."""

import pulumi
from pulumi_kubernetes import helm

from components.cluster import Cluster
from components.component import Component
from components.manifest import Manifest
from components.unit import Chart, KubernetesObject, Unit, identity


class Installation(Component):
    """Owns a unit's charts, one after the other, then its objects."""

    def __init__(self, unit: Unit, *, cluster: Cluster, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"{cluster.name}-{unit.name}", opts)
        self.unit, self._cluster = unit, cluster
        self._namespace = cluster.namespace(unit.namespace)
        last: pulumi.Resource = self._namespace
        for chart in unit.charts:
            last = self._release(chart, after=last)
        for manifest in unit.objects:
            self._manifest(manifest, after=last)
        self.register_outputs({})

    def _release(self, chart: Chart, after: pulumi.Resource) -> pulumi.Resource:
        return helm.v3.Release(
            f"{self.name}-{chart.release}",
            name=chart.release,
            chart=chart.name,
            version=chart.version,
            namespace=self.unit.namespace.name,
            repository_opts=helm.v3.RepositoryOptsArgs(repo=chart.repository),
            values=chart.values,
            atomic=True,
            opts=self._on_cluster(after, deleted_with=self._namespace),
        )

    def _manifest(self, manifest: KubernetesObject, after: pulumi.Resource) -> None:
        inside = manifest["metadata"].get("namespace") == self.unit.namespace.name
        options = self._on_cluster(after, deleted_with=self._namespace if inside else None)
        Manifest(f"{self._cluster.name}-{identity(manifest)}", manifest, options)

    def _on_cluster(self, after: pulumi.Resource, deleted_with: pulumi.Resource | None) -> pulumi.ResourceOptions:
        return self.child(provider=self._cluster.provider, depends_on=[after], deleted_with=deleted_with)
