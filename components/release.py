"""A pinned Helm chart as a Pulumi resource."""

from pathlib import Path

import pulumi
from pulumi_kubernetes import helm

from components.unit import Chart


def release(name: str, chart: Chart, namespace: str, opts: pulumi.ResourceOptions) -> helm.v3.Release:
    """Install `chart`: all of it, or none of it."""
    where, repository = _source(chart)
    return helm.v3.Release(
        name,
        name=chart.release,
        chart=where,
        version=chart.version,
        namespace=namespace,
        repository_opts=repository,
        values=chart.values,
        atomic=True,
        opts=opts,
    )


def _source(chart: Chart) -> tuple[str, helm.v3.RepositoryOptsArgs | None]:
    """What Helm is told to install, and the repository to look in where that is not part of it."""
    if chart.repository.startswith("oci://"):
        return f"{chart.repository}/{chart.name}", None
    if chart.repository.startswith(("http://", "https://")):
        return chart.name, helm.v3.RepositoryOptsArgs(repo=chart.repository)
    return str(Path(chart.repository).expanduser() / f"{chart.name}-{chart.version}.tgz"), None
