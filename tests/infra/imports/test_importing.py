"""Each manifest of the corpus comes out as it went in, by way of the file that is written."""

import copy
from typing import Any

import pytest
import yaml

from components.context import Context, Conventions
from components.errors import Invalid
from components.model_stack import ModelStack
from components.unit import Namespace
from infra.imports import source_code
from infra.imports.importing import imported
from tests.infra.imports.corpus import cases
from tests.infra.imports.equality import differences

CASES = dict(cases())


def written(text: str) -> list[ModelStack]:
    """The stacks as Python reads them from their files."""
    found = []
    for each in imported(text, "given.yaml", "risk"):
        names: dict[str, Any] = {}
        exec(source_code.module(each.stack, "A stack."), names)
        found.append(names["STACK"])
    return found


def as_text(objects: list[dict[str, Any]]) -> str:
    return yaml.safe_dump_all(copy.deepcopy(objects))


def refusals(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        imported(text, "given.yaml", "risk")
    return str(caught.value)


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_a_stack_emits_what_it_was_made_of(name: str) -> None:
    (stack,) = written(as_text(CASES[name]))
    given = [_renewed(each) for each in CASES[name]]
    assert differences(given, stack.objects(Context())) == []


def _renewed(manifest: dict[str, Any]) -> dict[str, Any]:
    if manifest["apiVersion"] != "autoscaling/v1":
        return manifest
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    spec = {**manifest["spec"], "metrics": [{"type": "Resource", "resource": cpu}]}
    del spec["targetCPUUtilizationPercentage"]
    return {**manifest, "apiVersion": "autoscaling/v2", "spec": spec}


def test_what_a_cluster_says_beside_is_left_out_and_its_namespace_is_that_of_the_models() -> None:
    (manifest,) = copy.deepcopy(CASES["deployment: plain"])
    manifest["metadata"] |= {"namespace": "ml", "uid": "1", "resourceVersion": "2", "creationTimestamp": "now"}
    listed = {"apiVersion": "v1", "kind": "List", "items": [{**manifest, "status": {"replicas": 1}}, _pod()]}
    (found,) = imported(yaml.safe_dump(listed), "given.yaml", "risk")
    assert "An environment that says `slipway:namespace: ml` takes it over in place" in found.notes[0]
    space = Context(conventions=Conventions(models=Namespace(name="ml")))
    assert differences([manifest], found.stack.objects(space)) == []


def _pod() -> dict[str, Any]:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "api-1", "controller": True, "uid": "3"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "api-1-x", "ownerReferences": [owner]}}


def test_several_deployments_each_take_what_is_theirs() -> None:
    one, service = CASES["deployment: service"]
    other = copy.deepcopy(one)
    other["metadata"]["name"] = "words"
    other["spec"]["template"]["metadata"]["labels"] = other["spec"]["selector"]["matchLabels"] = {"app": "words"}
    first, second = imported(as_text([one, other, service]), "given.yaml", "risk")
    assert [first.stack.name, second.stack.name] == ["api", "words"]
    assert {each["kind"] for each in second.stack.objects(Context())} == {"Deployment"}


POD = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [%s]}}}}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "given.yaml: holds no object"),
        ("a: [", "given.yaml:2: not YAML"),
        ("a: 1\na: 2\n", "'a' stands twice"),
        ("just text", "is no object of Kubernetes"),
        ("- a\n- b\n", "is no object of Kubernetes"),
        ("{kind: Deployment}", "is no object of Kubernetes"),
        ("{apiVersion: v1, kind: Service}", "metadata.name is required"),
        ("name: {{ .Values.name }}", "is a Helm template"),
        ("name: {{ name }}", "not YAML"),
        ("{a: .nan}", "not YAML"),
        ("{apiVersion: batch/v1, kind: Job, metadata: {name: j}}", "Job j: belongs to no Deployment or"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: s}}", "Secret s: belongs to no"),
        ("{apiVersion: machinelearning.seldon.io/v1alpha2, kind: SeldonDeployment, metadata: {name: s}}", "Give it as"),
        ("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}", "containers[0]: is required"),
        (POD % "{name: a, image: 'a:1'}", "says no port"),
        (
            POD % "{name: a, image: 'a:latest', ports: [{containerPort: 1}]}",
            "containers[0].image: 'a:latest' must name",
        ),
        (POD % "{name: a, image: 'a:1', ports: [{containerPort: 1}], lively: 1}", "containers[0].lively: is unknown"),
        (POD % "{name: a, image: 'a:1', ports: x}", "ports: must be a list"),
        (POD % "{name: a, image: 'a:1', env: [{name: DB_PASSWORD, value: hunter2}]}", "env[0].value: looks like"),
        (
            "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a}, spec: {other: 1}}",
            "spec.other: KServe's definition has no such field",
        ),
        (
            "{apiVersion: machinelearning.seldon.io/v1, kind: SeldonDeployment, metadata: {name: a, finalizers: [x]}, "
            "spec: {predictors: [{name: m, graph: {name: m, implementation: SKLEARN_SERVER, modelUri: 's3://a'}}]}}",
            "metadata.finalizers: a list would become nothing",
        ),
        (
            "{apiVersion: machinelearning.seldon.io/v1, kind: SeldonDeployment, metadata: {name: a}, "
            "spec: {predictors: [{name: m, graph: {name: M, implementation: SKLEARN_SERVER, modelUri: 's3://a'}}]}}",
            "spec.predictors[0].graph.name: must have the shape",
        ),
        ("{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: a}, spec: x}", "a mapping"),
    ],
)
def test_what_cannot_be_imported_is_named(text: str, told: str) -> None:
    assert told in refusals(text)


def test_a_secret_is_told_without_being_shown() -> None:
    assert "hunter2" not in refusals(POD % "{name: a, image: 'a:1', env: [{name: DB_PASSWORD, value: hunter2}]}")


def test_every_field_is_named_at_once() -> None:
    told = refusals("\n---\n".join((POD % "{name: a, image: a}", "{apiVersion: v1, kind: Pod, metadata: {name: p}}")))
    assert "Deployment api" in told
    assert "Pod p" in told
