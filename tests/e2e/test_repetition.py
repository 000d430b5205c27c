"""What is as its environment says is left alone."""

import json

import pytest

from infra.inventory import noted

from .cluster import Cluster, Object, label
from .machine import well

pytestmark = pytest.mark.e2e


def test_a_second_up_changes_nothing(cluster: Cluster) -> None:
    before = made(cluster, "sandbox")
    done = well("up", "--env", "sandbox")
    assert made(cluster, "sandbox") == before
    assert len(before) > 20
    assert done.out.count("Asked iris") == 1


def made(cluster: Cluster, environment: str) -> dict[str, Object]:
    """Each object of the inventory, and the inventory, without what controllers say of its state."""
    note = cluster.get("configmap", f"slipway-{environment}", "default")
    wanted = {"apiVersion": "v1", "kind": "List", "items": [each.manifest() for each in noted(note)]}
    found = cluster.kubectl("get", "-o", "json", "--show-managed-fields", "-f", "-", stdin=json.dumps(wanted))
    return {label(each): _as_wanted(each) for each in (note, *json.loads(found)["items"])}


def _as_wanted(manifest: Object) -> Object:
    metadata = dict(manifest["metadata"])
    if "status" in manifest:
        metadata.pop("resourceVersion")
        metadata["managedFields"] = [each for each in metadata["managedFields"] if "subresource" not in each]
    return {**manifest, "metadata": metadata, "status": None}
