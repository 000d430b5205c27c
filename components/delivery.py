"""Delivery by pull: what makes Argo CD apply each folder that `slipway render` wrote, wave by wave.

https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from components.argo import API, CASCADE, IN_CLUSTER, NAMESPACE, sync_policy
from components.objects import platform_object
from components.unit import KubernetesObject
from components.values import Value

OF = "argo-cd"
PROJECT = "slipway"
WAVE = "slipway/wave"
WAVES = [f"{number:02}" for number in range(10)]
"""The folders that are told apart; deeper ones go together, last."""
CLUSTER_WIDE = {
    "": ("Namespace",),
    "apiregistration.k8s.io": ("APIService",),
    "cert-manager.io": ("ClusterIssuer",),
    "networking.k8s.io": ("IngressClass",),
    "rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding"),
    "scheduling.k8s.io": ("PriorityClass",),
    "storage.k8s.io": ("StorageClass",),
}
"""What units have beside charts that belongs to no namespace."""


def _git(text: str) -> str:
    if not text.startswith(("https://", "ssh://", "git@")) or (text.startswith("https://") and "@" in text):
        raise ValueError("must be a git repository as https://HOST/PATH without a password, or git@HOST:PATH")
    return text


class Delivery(Value):
    """What `slipway render` wrote: `path` in a git repository, at `revision`."""

    repository: Annotated[str, AfterValidator(_git)]
    path: str = Field(default="rendered", pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$")
    revision: str = Field(default="main", min_length=1)


def project(delivery: Delivery | None) -> KubernetesObject:
    """What the repository may make: anything in a namespace, and these kinds outside of one."""
    spec = {
        "description": "What slipway render wrote",
        "sourceRepos": [delivery.repository] if delivery else [],
        "destinations": [{"server": IN_CLUSTER, "namespace": "*"}],
        "clusterResourceWhitelist": [
            {"group": group, "kind": kind} for group, kinds in CLUSTER_WIDE.items() for kind in kinds
        ],
    }
    return platform_object(API, "AppProject", PROJECT, NAMESPACE, of=OF, spec=spec)


def application_set(delivery: Delivery, production: bool) -> KubernetesObject:
    """An Application for each folder NN-unit, wave by wave, and back in reverse.

    In production, a folder that is gone takes nothing with it: a wrong path would empty the cluster.
    """
    git = {"repoURL": delivery.repository, "revision": delivery.revision}
    careful = {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True}
    spec = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"git": {**git, "directories": [{"path": f"{delivery.path}/[0-9][0-9]-*"}]}}],
        "strategy": {"type": "RollingSync", "deletionOrder": "Reverse", "rollingSync": {"steps": _steps()}},
        "syncPolicy": careful if production else {"applicationsSync": "sync"},
        "template": _template(delivery),
    }
    return platform_object(API, "ApplicationSet", PROJECT, NAMESPACE, of=OF, spec=spec)


def _steps() -> list[dict[str, Any]]:
    matches = [("In", [wave]) for wave in WAVES] + [("NotIn", WAVES)]
    return [
        {"matchExpressions": [{"key": WAVE, "operator": operator, "values": values}]} for operator, values in matches
    ]


def _template(delivery: Delivery) -> dict[str, Any]:
    """Named without the wave, so that a unit whose wave changes stays what it is."""
    metadata = {
        "name": '{{ regexReplaceAll "^[0-9]+-" .path.basename "" }}',
        "labels": {WAVE: "{{ substr 0 2 .path.basename }}"},
        "finalizers": [CASCADE],
    }
    spec = {
        "project": PROJECT,
        "source": {
            "repoURL": delivery.repository,
            "targetRevision": delivery.revision,
            "path": "{{ .path.path }}",
        },
        "destination": {"server": IN_CLUSTER, "namespace": NAMESPACE},
        "syncPolicy": sync_policy(),
    }
    return {"metadata": metadata, "spec": spec}
