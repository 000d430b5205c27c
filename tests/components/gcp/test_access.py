from typing import Any

from components.clusters.gke import Gke
from components.location.store import Grant
from tests.components.deployed import deploy
from tests.components.gcp.made import KNOWN, before, spec


def readers(*stores: str) -> dict[str, dict[str, Any]]:
    """What the pods of service account `iris` are let do, by name."""

    def program() -> None:
        identity = Gke("gke", spec()).identity("models", Grant(account="iris", stores=stores))
        assert identity.annotations == {}
        assert len(identity.resources) == len(stores)

    deployed = deploy(program, known=KNOWN)
    found = deployed.of("gcp:storage/bucketIAMMember:BucketIAMMember")
    assert all("Cluster gke" in before(deployed, each) for each in found)
    return {each.name: each.inputs for each in found}


def test_a_service_account_reads_its_prefix_and_nothing_beside_it() -> None:
    pool = "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools"
    listed = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")'
    assert readers("gs://my-bucket/iris/v1/") == {
        "gke-models-iris-my-bucket/iris/v1": {
            "bucket": "my-bucket",
            "role": "roles/storage.objectViewer",
            "member": f"{pool}/my-project.svc.id.goog/subject/ns/models/sa/iris",
            "condition": {
                "title": "prefix",
                "expression": 'resource.name == "projects/_/buckets/my-bucket/objects/iris/v1" || '
                'resource.name.startsWith("projects/_/buckets/my-bucket/objects/iris/v1/") || '
                f'{listed} == "iris/v1" || {listed}.startsWith("iris/v1/")',
            },
        }
    }


def test_a_store_without_a_prefix_is_the_whole_bucket_and_no_other() -> None:
    found = readers("gs://my-bucket", "gs://other/a")
    assert "condition" not in found["gke-models-iris-my-bucket"]
    assert '"projects/_/buckets/other/objects/a"' in found["gke-models-iris-other/a"]["condition"]["expression"]
