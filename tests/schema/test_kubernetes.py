"""Every object against the OpenAPI schemas of Kubernetes itself, strictly: no field that it does not know."""

from copy import deepcopy
from itertools import filterfalse

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from components.unit import KubernetesObject, is_custom

VERSIONS = ("1.33", "1.34", "1.35", "1.36")
"""What the add-ons support, and what the sandbox runs."""


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_one_that_kubernetes_takes(objects: list[KubernetesObject], version: str) -> None:
    for manifest in filterfalse(is_custom, objects):
        assert kubernetes_validate.validate(manifest, version, strict=True) == version


def test_every_kind_that_is_emitted_is_among_them(objects: list[KubernetesObject]) -> None:
    assert {manifest["kind"] for manifest in filterfalse(is_custom, objects)} >= {
        *("APIService", "ClusterRole", "ClusterRoleBinding", "ConfigMap", "Deployment", "HorizontalPodAutoscaler"),
        *("Namespace", "NetworkPolicy", "PodDisruptionBudget", "RoleBinding", "Service", "ServiceAccount"),
    }


@pytest.mark.parametrize(
    ("path", "value"), [(("spec", "replica"), 1), (("spec", "replicas"), "1"), (("spec", "template", "spec", "x"), {})]
)
def test_the_schema_refuses_an_unknown_field_and_a_wrong_type(
    objects: list[KubernetesObject], path: tuple[str, ...], value: object
) -> None:
    deployment = deepcopy(next(manifest for manifest in objects if manifest["kind"] == "Deployment"))
    *steps, last = path
    node = deployment
    for step in steps:
        node = node[step]
    node[last] = value
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSIONS[-1], strict=True)


def test_names_and_labels_keep_the_limits_that_no_schema_states(objects: list[KubernetesObject]) -> None:
    for manifest in objects:
        name, labels = manifest["metadata"]["name"], manifest["metadata"].get("labels", {})
        assert 0 < len(name) <= 253
        assert all(len(value) <= 63 for value in labels.values())
        assert manifest["kind"] != "Service" or len(name) <= 63
