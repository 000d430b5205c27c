"""Where data rests in a cloud, and the keys that it is encrypted with."""

from collections.abc import Iterator
from functools import partial

from ...objects import Object, get, has
from ...rule import Finding, ResourceRule, Severity

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@partial(
    ResourceRule,
    id="aws-store-encryption",
    severity=Severity.MANDATORY,
    types=("aws:efs/fileSystem:FileSystem", "aws:ebs/volume:Volume"),
    title="Volumes and file systems of Amazon's are encrypted",
    reason="They are not by default, and an EFS cannot be encrypted later.",
    remedy="Set `encrypted: true`.",
    reference="https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",
)
def encryption(store: Object) -> Iterator[Finding]:
    if get(store, "encrypted") is not True:
        yield ("encrypted",), "is not encrypted"


@partial(
    ResourceRule,
    id="aws-key-rotation",
    severity=Severity.MANDATORY,
    types=("aws:kms/key:Key",),
    title="Keys of Amazon's KMS rotate",
    reason="The less one key has encrypted, the less it is worth stealing; nothing has to be encrypted anew.",
    remedy="Set `enableKeyRotation: true`.",
    reference="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
)
def amazon_rotation(key: Object) -> Iterator[Finding]:
    rotates = get(key, "customerMasterKeySpec") in (None, "SYMMETRIC_DEFAULT")
    if rotates and get(key, "enableKeyRotation") is not True:
        yield ("enableKeyRotation",), "is never changed"


@partial(
    ResourceRule,
    id="gcp-key-rotation",
    severity=Severity.MANDATORY,
    types=("gcp:kms/cryptoKey:CryptoKey",),
    title="Keys of Google's KMS rotate",
    reason="The less one key has encrypted, the less it is worth stealing; nothing has to be encrypted anew.",
    remedy="Set `rotationPeriod`, such as 7776000s (90 days).",
    reference="https://cloud.google.com/kms/docs/key-rotation",
)
def google_rotation(key: Object) -> Iterator[Finding]:
    rotates = get(key, "purpose") in (None, "ENCRYPT_DECRYPT")
    if rotates and not has(key, "rotationPeriod"):
        yield ("rotationPeriod",), "is never changed"


@partial(
    ResourceRule,
    id="aws-bucket-public",
    severity=Severity.MANDATORY,
    types=("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",),
    title="Nothing makes a bucket of Amazon's public",
    reason="All four blocks are on by default; whoever takes one away may publish every model and data set.",
    remedy=f"Set {', '.join(BLOCKS)} to true.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
)
def amazon_public(block: Object) -> Iterator[Finding]:
    for field in BLOCKS:
        if get(block, field) is not True:
            yield (field,), "lets the bucket be made public"


@partial(
    ResourceRule,
    id="azure-store-public",
    severity=Severity.MANDATORY,
    types=("azure-native:storage:StorageAccount", "azure-native:storage:BlobContainer"),
    title="Nothing makes a container of Azure's public",
    reason="An anonymous reader needs no more than its name to take every model and data set.",
    remedy="Remove `allowBlobPublicAccess` and `publicAccess`.",
    reference="https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
)
def azure_public(store: Object) -> Iterator[Finding]:
    if get(store, "allowBlobPublicAccess") is True:
        yield ("allowBlobPublicAccess",), "lets containers be made public"
    if get(store, "publicAccess") not in (None, "None"):
        yield ("publicAccess",), "is public"
