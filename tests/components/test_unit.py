from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.unit import KubernetesObject, Namespace, Unit, identity
from tests.samples import OBJECT

LABELS = st.from_regex(r"[a-z]([-a-z0-9]{0,4}[a-z0-9])?", fullmatch=True)
SUBDOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
NAMESPACED = st.tuples(st.sampled_from(["Service", "Deployment", "ConfigMap"]), LABELS, SUBDOMAINS)
CLUSTER_WIDE = st.tuples(st.sampled_from(["ClusterRole", "Namespace"]), st.none(), SUBDOMAINS)


def manifest(kind: str, namespace: str | None, name: str) -> KubernetesObject:
    place = {"namespace": namespace} if namespace else {}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **place}}


def test_a_namespace_is_restricted_unless_it_says_otherwise() -> None:
    labels = Namespace(name="models").manifest()["metadata"]["labels"]
    assert labels == {
        "app.kubernetes.io/managed-by": "slipway",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }


def test_a_namespace_enforces_the_level_it_is_given() -> None:
    labels = Namespace(name="metallb-system", pod_security="privileged").manifest()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"


def test_a_level_that_kubernetes_lacks_is_refused() -> None:
    with pytest.raises(ValidationError, match="literal_error"):
        Namespace.model_validate({"name": "models", "pod_security": "strict"})


@given(st.lists(NAMESPACED | CLUSTER_WIDE, unique=True, max_size=20))
def test_no_two_objects_have_one_identity(objects: list[tuple[str, str | None, str]]) -> None:
    assert len({identity(manifest(*each)) for each in objects}) == len(objects)


def test_neighbouring_names_do_not_run_together() -> None:
    assert identity(manifest("Service", "models", "x-y")) != identity(manifest("Service", "models-x", "y"))


@pytest.mark.parametrize("name", ["system:metrics-server", "a:b:c"])
def test_an_identity_is_a_file_name_on_every_system(name: str) -> None:
    assert not set(identity(manifest("ClusterRole", None, name))) & set(':/\\*?"<>|')


def test_two_objects_of_one_identity_in_a_unit_are_refused() -> None:
    twice: dict[str, Any] = {"name": "notes", "namespace": {"name": "tools"}, "objects": (OBJECT, OBJECT)}
    with pytest.raises(ValidationError, match=r"unit 'notes' has 'configmap\.tools\.notes' 2 times. Rename one"):
        Unit.model_validate(twice)


@pytest.mark.parametrize("kind", ["ServiceAccount", "ConfigMap"])
def test_who_may_read_a_store_is_a_service_account_of_the_unit(kind: str) -> None:
    grants = ({"account": "iris", "stores": ["s3://models/iris"]}, {"account": "wine", "stores": ["s3://models/wine"]})
    objects = (manifest("ServiceAccount", "models", "iris"), manifest(kind, "models", "wine"))
    unit: dict[str, Any] = {"name": "iris", "namespace": {"name": "models"}, "objects": objects, "grants": grants}
    if kind == "ServiceAccount":
        assert len(Unit.model_validate(unit).grants) == 2
    else:
        with pytest.raises(ValidationError, match="unit 'iris' lets wine read stores, which is no service account"):
            Unit.model_validate(unit)


def test_a_repr_does_not_spill_the_objects() -> None:
    unit = Unit(name="notes", namespace=Namespace(name="tools"), objects=(OBJECT,))
    assert "ConfigMap" not in repr(unit)
