"""az://ACCOUNT/CONTAINER/PREFIX: a blob of this name, or all below it."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient

from ..remote import BLOCK, Opened, RemoteFile, Wanted

OPTIONS: dict[str, Any] = {
    **{"retry_total": 0, "connection_timeout": 10, "read_timeout": 60},
    **{"max_single_get_size": BLOCK, "max_chunk_get_size": BLOCK},
}
"""No retries: who calls asks again."""


def files(wanted: Wanted, redirects: list[str] | None) -> Iterator[RemoteFile]:
    account, _, container = wanted.place.partition("/")
    url = os.environ.get("AZURE_STORAGE_SERVICE_ENDPOINT", f"https://{account}.blob.core.windows.net")
    client = ContainerClient(url, container, credential=_credential(account), **OPTIONS)
    below = f"{wanted.path}/" if wanted.path else ""
    found = [each for each in client.list_blobs(name_starts_with=below) if not each.name.endswith("/")]
    for each in found:
        yield _file(client, each, each.name.removeprefix(below))
    if not found and wanted.path:
        yield _file(client, client.get_blob_client(wanted.path).get_blob_properties(), "")


def _credential(account: str) -> Any:
    """The account's key or a signature that is given as a variable, or who the pod is."""
    if key := os.environ.get("AZURE_STORAGE_KEY"):
        return AzureNamedKeyCredential(account, key)
    signature = os.environ.get("AZURE_STORAGE_SAS_TOKEN")
    return AzureSasCredential(signature) if signature else DefaultAzureCredential()


def _file(client: ContainerClient, blob: Any, path: str) -> RemoteFile:
    return RemoteFile(path, blob.size, blob.etag, partial(_open, client, blob))


def _open(client: ContainerClient, blob: Any, start: int) -> Opened:
    condition = {"etag": blob.etag, "match_condition": MatchConditions.IfNotModified}
    return start, client.download_blob(blob.name, offset=start, **condition).chunks()
