"""A team's own objects become a stack, which changes nothing about them on the cluster."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.context import Context, Conventions
from components.unit import Namespace
from infra.imports.importing import imported
from tests.infra.imports.corpus import cases

from .cluster import Cluster
from .machine import runs

pytestmark = pytest.mark.e2e

SPACE = "imported"
APPLY = ("apply", "--server-side", "--force-conflicts", "-n", SPACE, "-o", "json", "-f", "-")
DRY = (*APPLY, "--dry-run=server", "--validate=strict")
REVISION = "deployment.kubernetes.io/revision"
"""Kubernetes adds it by and by."""


@pytest.fixture(scope="module")
def space(cluster: Cluster) -> Iterator[str]:
    """A namespace where others' pods may be what they are."""
    manifest = Namespace(name=SPACE, pod_security="privileged").manifest()
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    yield SPACE
    if runs():
        cluster.kubectl("delete", "namespace", SPACE, "--wait=false")


def applied(cluster: Cluster, how: tuple[str, ...], objects: list[dict[str, Any]]) -> dict[str, Any]:
    """What the API server has of them, by kind and name, without what it counts."""
    printed = json.loads(
        cluster.kubectl(*how, stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    )
    found = printed["items"] if printed["kind"] == "List" else [printed]
    return {f"{each['kind']} {each['metadata']['name']}": _kept(each) for each in found}


def _kept(manifest: dict[str, Any]) -> dict[str, Any]:
    said = manifest["metadata"]
    annotations = {key: value for key, value in said.get("annotations", {}).items() if key != REVISION}
    metadata = {"labels": said.get("labels"), "annotations": annotations}
    rest = {key: value for key, value in manifest.items() if key not in ("metadata", "status", "secrets")}
    return {**rest, "metadata": metadata}


def test_what_runs_stays_as_it_is(cluster: Cluster, space: str) -> None:
    given = {name.split(": ")[1]: objects for name, objects in cases() if name.startswith("deployment")}
    own = [each for each in given["all that may belong to it"] if each["kind"] != "PersistentVolumeClaim"]
    own += given["service of another name and type"][1:] + given["autoscaler"][1:]
    own[0]["spec"]["replicas"] = 0
    before = applied(cluster, APPLY, own)
    live = cluster.kubectl("get", "-n", space, "-o", "yaml", *(key.replace(" ", "/").lower() for key in before))
    (found,) = imported(live, "live.yaml", "risk")
    context = Context(conventions=Conventions(models=Namespace(name=space)))
    assert applied(cluster, DRY, found.stack.objects(context)) == before


def test_every_deployment_of_the_corpus_is_the_same_to_the_api_server(cluster: Cluster, space: str) -> None:
    context = Context(conventions=Conventions(models=Namespace(name=space)))
    given = [
        objects[0] for name, objects in cases() if name.startswith("deployment") and name.split(": ")[1] not in ODD
    ]
    emitted = []
    for number, manifest in enumerate(given):
        manifest["metadata"]["name"] = f"api-{number}"
        (found,) = imported(yaml.safe_dump(manifest), "given.yaml", "risk")
        emitted += found.stack.objects(context)
    assert applied(cluster, DRY, given) == applied(cluster, DRY, emitted)


ODD = {"variable said twice"}
"""What a server-side apply refuses, since a list's keys are not unique."""
