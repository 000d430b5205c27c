"""Who may read a model store: https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity."""

import pulumi
from pulumi_gcp import storage

from components.gcp.home import Home
from components.location.store import Store, store

ROLE = "roles/storage.objectViewer"


def member(home: Home, namespace: str, account: str) -> pulumi.Output[str]:
    """A Kubernetes service account, as IAM names it; no account of Google's stands between."""
    pool = "projects/{0}/locations/global/workloadIdentityPools/{1}.svc.id.goog"
    subject = f"principal://iam.googleapis.com/{pool}/subject/ns/{namespace}/sa/{account}"
    return pulumi.Output.format(subject, home.number, home.project)


def reader(name: str, member: pulumi.Output[str], url: str, opts: pulumi.ResourceOptions) -> storage.BucketIAMMember:
    """Lets `member` read what lies below the URL, and nothing else of its bucket."""
    at = store(url)
    arguments = storage.BucketIAMMemberArgs(bucket=at.bucket, role=ROLE, member=member, condition=_below(at))
    return storage.BucketIAMMember(f"{name}-{at.bucket}/{at.prefix}".rstrip("/"), arguments, opts)


def _below(at: Store) -> storage.BucketIAMMemberConditionArgs | None:
    """The prefix and what lies below it, to read and to list; the whole bucket where there is none."""
    if not at.prefix:
        return None
    listed = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")'
    named = (("resource.name", f"projects/_/buckets/{at.bucket}/objects/{at.prefix}"), (listed, at.prefix))
    terms = [f'{name} == "{path}" || {name}.startsWith("{path}/")' for name, path in named]
    return storage.BucketIAMMemberConditionArgs(title="prefix", expression=" || ".join(terms))
