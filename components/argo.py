"""What Argo CD is told: a chart as an Application, and how whatever it applies is applied.

https://argo-cd.readthedocs.io/en/stable/operator-manual/
"""

from collections.abc import Sequence
from typing import Any

from components.errors import SlipwayError
from components.objects import labels, platform_object
from components.unit import SYNC_WAVE, Chart, KubernetesObject, Unit

API = "argoproj.io/v1alpha1"
NAMESPACE = "argocd"
"""Where Argo CD is, and the Applications that it watches."""
CHARTS_PROJECT = "slipway-charts"
IN_CLUSTER = "https://kubernetes.default.svc"
CASCADE = "resources-finalizer.argocd.argoproj.io"
"""Deleting the Application deletes what it has applied."""
WRITTEN_BY_OTHERS = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): ".webhooks[]?.clientConfig.caBundle",
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (
        ".webhooks[]?.clientConfig.caBundle, .webhooks[]?.failurePolicy"
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ".spec.conversion.webhook.clientConfig.caBundle",
    ("apiregistration.k8s.io", "APIService"): ".spec.caBundle",
}
"""Fields that operators fill in themselves once they run: their certificate authority, and how strict they are."""


def sync_policy() -> dict[str, Any]:
    """Applied by the server, pruned, mended; tried again for about an hour, for an operator may still be starting."""
    return {
        "automated": {"prune": True, "selfHeal": True},
        "retry": {"limit": 15, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}},
        "syncOptions": [
            "ServerSideApply=true",
            "SkipDryRunOnMissingResource=true",
            "RespectIgnoreDifferences=true",
        ],
    }


def application(unit: Unit, chart: Chart) -> KubernetesObject:
    """One of the unit's charts, before its objects. Raises SlipwayError for one in a folder, which cannot be read.

    No other Application is called so: what names a unit has no dot.
    """
    metadata = {
        "name": f"{unit.name}.{chart.release}",
        "namespace": NAMESPACE,
        "labels": labels(unit.name),
        "annotations": {SYNC_WAVE: str(unit.charts.index(chart) - len(unit.charts))},
        "finalizers": [CASCADE],
    }
    source = {
        "repoURL": _repository(chart),
        "chart": chart.name,
        "targetRevision": chart.version,
        "helm": {"releaseName": chart.release, "valuesObject": chart.values},
    }
    spec = {
        "project": CHARTS_PROJECT,
        "source": source,
        "destination": {"server": IN_CLUSTER, "namespace": unit.namespace.name},
        "ignoreDifferences": [
            {"group": group, "kind": kind, "jqPathExpressions": paths.split(", ")}
            for (group, kind), paths in WRITTEN_BY_OTHERS.items()
        ],
        "syncPolicy": sync_policy(),
    }
    return {"apiVersion": API, "kind": "Application", "metadata": metadata, "spec": spec}


def projects(units: Sequence[Unit]) -> list[KubernetesObject]:
    """The project of the units' charts, where there are any: these repositories and these namespaces only.

    Charts bring definitions, webhooks and roles for the whole cluster, and roles in kube-system to elect a leader.
    """
    if not units:
        return []
    repositories = {_repository(chart) for unit in units for chart in unit.charts}
    namespaces = {"kube-system", *(unit.namespace.name for unit in units)}
    spec = {
        "description": "The charts of the platform",
        "sourceRepos": sorted(repositories),
        "destinations": [{"server": IN_CLUSTER, "namespace": name} for name in sorted(namespaces)],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    }
    return [platform_object(API, "AppProject", CHARTS_PROJECT, NAMESPACE, of=CHARTS_PROJECT, spec=spec)]


def _repository(chart: Chart) -> str:
    """As Argo CD spells it: an OCI registry without its scheme."""
    if not chart.repository.startswith(("oci://", "https://", "http://")):
        fact = f"chart {chart.name!r} is in the folder {chart.repository}, which Argo CD cannot read"
        raise SlipwayError(f"{fact}. Let slipway:mirror.charts be an OCI registry or an HTTP repository")
    return chart.repository.removeprefix("oci://")
