"""A Helm chart as an object of its own, however it is installed: `helm.sh/Chart`, its values below `spec.values`."""

from collections.abc import Iterator
from typing import Any

from .objects import Object, entries, get, kind, mapping, name

CHART = "helm.sh/Chart"
RELEASE = "kubernetes:helm.sh/v3:Release"


def of_application(item: Object) -> Iterator[Object]:
    """The charts that an Application of Argo CD installs."""
    if kind(item) != "argoproj.io/Application":
        return
    namespace = str(get(item, "spec", "destination", "namespace") or "")
    for source in (get(item, "spec", "source"), *entries(item, "spec", "sources")):
        if chart := get(source, "chart"):
            release, values = get(source, "helm", "releaseName"), mapping(source, "helm", "valuesObject")
            yield _chart(str(release or name(item)), namespace, chart, get(source, "targetRevision"), values)


def of_release(resource: str, inputs: Object) -> Object:
    """The chart that a Helm release of Pulumi's installs; `resource` is its name where it has no other."""
    release, chart = str(inputs.get("name") or resource), str(inputs.get("chart", "")).rpartition("/")[2]
    return _chart(release, str(inputs.get("namespace") or ""), chart, inputs.get("version"), mapping(inputs, "values"))


def _chart(release: str, namespace: str, chart: Any, version: Any, values: Object) -> Object:
    spec = {"chart": chart, "version": version, "values": values}
    metadata = {"name": release, "namespace": namespace}
    return {"apiVersion": "helm.sh/v1", "kind": "Chart", "metadata": metadata, "spec": spec}
