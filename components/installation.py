"""One unit, live on one cluster."""

from collections.abc import Mapping

import pulumi
from pulumi_kubernetes import helm

from components.cluster import Cluster, Identity
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
            last = self._release(chart, [last])
        identities = {grant.account: cluster.identity(unit.namespace.name, grant) for grant in unit.grants}
        after = [last, *(resource for each in identities.values() for resource in each.resources)]
        for manifest in unit.objects:
            self._manifest(_annotated(manifest, identities), after)
        self.register_outputs({})

    def _release(self, chart: Chart, after: list[pulumi.Resource]) -> pulumi.Resource:
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

    def _manifest(self, manifest: KubernetesObject, after: list[pulumi.Resource]) -> None:
        inside = manifest["metadata"].get("namespace") == self.unit.namespace.name
        options = self._on_cluster(after, deleted_with=self._namespace if inside else None)
        Manifest(f"{self._cluster.name}-{identity(manifest)}", manifest, options)

    def _on_cluster(self, after: list[pulumi.Resource], deleted_with: pulumi.Resource | None) -> pulumi.ResourceOptions:
        return self.child(provider=self._cluster.provider, depends_on=after, deleted_with=deleted_with)


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
