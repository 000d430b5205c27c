"""A pinned Helm chart as a Pulumi resource."""

from pathlib import Path

import pulumi
from pulumi_kubernetes import helm

from components.unit import Chart


def release(name: str, chart: Chart, namespace: str, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    """Install `chart`: all of it, or none of it; piecewise, what can be."""
    where, repository = _source(chart)
    if chart.piecewise:
        return helm.v4.Chart(
            name,
            name=chart.release,
            chart=where,
            version=chart.version,
            namespace=namespace,
            repository_opts=helm.v4.RepositoryOptsArgs(repo=repository) if repository else None,
            values=chart.values,
            opts=opts,
        )
    return helm.v3.Release(
        name,
        name=chart.release,
        chart=where,
        version=chart.version,
        namespace=namespace,
        repository_opts=helm.v3.RepositoryOptsArgs(repo=repository) if repository else None,
        values=chart.values,
        atomic=True,
        opts=opts,
    )


def _source(chart: Chart) -> tuple[str, str | None]:
    """What Helm is told to install, and the URL of the repository to look in where that is not part of it."""
    if chart.repository.startswith("oci://"):
        return f"{chart.repository}/{chart.name}", None
    if chart.repository.startswith(("http://", "https://")):
        return chart.name, chart.repository
    return str(Path(chart.repository).expanduser() / f"{chart.name}-{chart.version}.tgz"), None
