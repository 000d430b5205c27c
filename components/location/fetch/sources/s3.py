"""s3://BUCKET/PREFIX: an object of this key, or all below it; at AWS_ENDPOINT_URL_S3 where that is said."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
from botocore.config import Config

from ..remote import CHUNK, Opened, RemoteFile, Wanted

ONCE = Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 1})
"""Who calls asks again."""


def files(wanted: Wanted, redirects: list[str] | None) -> Iterator[RemoteFile]:
    client = boto3.client("s3", config=ONCE)
    below = f"{wanted.path}/" if wanted.path else ""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=wanted.place, Prefix=below)
    found = [each for page in pages for each in page.get("Contents", ()) if not each["Key"].endswith("/")]
    for each in found:
        yield _file(client, wanted.place, each["Key"], each["Key"].removeprefix(below), each["Size"], each["ETag"])
    if not found and wanted.path:
        single = client.head_object(Bucket=wanted.place, Key=wanted.path)
        yield _file(client, wanted.place, wanted.path, "", single["ContentLength"], single["ETag"])


def _file(client: Any, bucket: str, key: str, path: str, size: int, tag: str) -> RemoteFile:
    return RemoteFile(path, size, tag, partial(_open, client, bucket, key, tag))


def _open(client: Any, bucket: str, key: str, tag: str, start: int) -> Opened:
    found = client.get_object(Bucket=bucket, Key=key, IfMatch=tag, Range=f"bytes={start}-")
    return start, found["Body"].iter_chunks(CHUNK)
