"""gs://BUCKET/PREFIX: an object of this name, or all below it."""

import json
import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from google.cloud import storage

from ..remote import BLOCK, Opened, RemoteFile, Wanted


def files(wanted: Wanted, redirects: list[str] | None) -> Iterator[RemoteFile]:
    bucket = _client().bucket(wanted.place)
    below = f"{wanted.path}/" if wanted.path else ""
    found = [each for each in bucket.list_blobs(prefix=below, retry=None) if not each.name.endswith("/")]
    for each in found:
        yield _file(each, each.name.removeprefix(below))
    if not found and wanted.path:
        single = bucket.blob(wanted.path)
        single.reload(retry=None)
        yield _file(single, "")


def _client() -> storage.Client:
    """As the key of a service account that is given as a variable, or as who the pod is."""
    key = os.environ.get("GOOGLE_CREDENTIALS")
    return storage.Client.from_service_account_info(json.loads(key)) if key else storage.Client()


def _file(blob: Any, path: str) -> RemoteFile:
    return RemoteFile(path, blob.size, str(blob.generation), partial(_open, blob))


def _open(blob: Any, start: int) -> Opened:
    return start, (_block(blob, first) for first in range(start, blob.size, BLOCK))


def _block(blob: Any, first: int) -> bytes:
    same = {"if_generation_match": blob.generation, "retry": None, "checksum": None}
    return bytes(blob.download_as_bytes(start=first, end=first + BLOCK - 1, **same))
